import type { LawNotice } from "../../api/schema";
import { usePractice } from "../../app/practice";
import { useWords } from "../../i18n";

/** What law wants said in that place, where the practice has it switched on. */
export function LawNotices({ place }: { place: LawNotice["place"] }) {
  const { notices } = usePractice();
  const { locale } = useWords();
  return (
    <>
      {(notices ?? []) // a profile that the CDN keeps of before a release has none
        .filter((notice) => notice.place === place)
        .map(({ id, text }) => (
          <p key={id} class="law">
            {text[locale]}
          </p>
        ))}
    </>
  );
}
