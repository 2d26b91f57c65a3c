import { useId } from "preact/hooks";

import { useWords } from "../../i18n";
import type { Noticed } from "./card-notice";
import { ErrorSummary } from "../../ui/ErrorSummary";

interface Props {
  notice: Noticed | null;
  /** How often the button was pressed without it. */
  asked: number;
  setRead: (read: boolean) => void;
}

const FIELD = "card-notice";

/** What law wants read beside a card form, and the box of who has read it: unticked until they tick it. */
export function NoticeBox({ notice, asked, setRead }: Props) {
  const { t, locale } = useWords();
  const id = useId();
  if (!notice) return null;
  const wrong = asked > 0 && !notice.read;
  return (
    <div class="save-box">
      <ErrorSummary errors={wrong ? [{ field: FIELD, text: t("notice.missing") }] : []} asked={asked} />
      <p class="law" id={id}>
        {notice.text[locale]}
      </p>
      <label class="check">
        <input
          id={FIELD}
          type="checkbox"
          checked={notice.read}
          aria-describedby={id}
          aria-invalid={wrong}
          onChange={(event) => setRead(event.currentTarget.checked)}
        />
        <span>{t("notice.read")}</span>
      </label>
    </div>
  );
}
