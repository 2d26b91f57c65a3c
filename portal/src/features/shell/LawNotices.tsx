import type { LawNotice } from "../../api/schema";
import { usePractice } from "../../app/practice";
import { useWords } from "../../i18n";
import { aroundSites, hrefOf } from "../../lib/sites";
import { NewTab } from "../../ui/NewTab";

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
            {aroundSites(text[locale] ?? "").map((piece, at) => (at % 2 ? <Site key={at} address={piece} /> : piece))}
          </p>
        ))}
    </>
  );
}

function Site({ address }: { address: string }) {
  return (
    <a href={hrefOf(address)} target="_blank" rel="noreferrer">
      {address}
      <NewTab />
    </a>
  );
}
