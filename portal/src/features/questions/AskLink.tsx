import type { AskedKind, QuestionMark } from "../../api/schema";
import { usePractice } from "../../app/practice";
import { pathTo } from "../../app/router";
import { useWords } from "../../i18n";
import { Icon } from "../../ui/Icon";
import { Link } from "../../ui/Link";

interface Props {
  account: string;
  kind: AskedKind;
  id: string;
  mark: QuestionMark | null;
  /** The item, for who cannot see what the link stands beside. */
  of: string;
  /** Shown where nobody has asked yet. */
  label?: "ask.link" | "ask.paid";
}

/** S19: beside an item, the way to the form about it; once there is a question, how that stands. */
export function AskLink({ account, kind, id, mark, of, label = "ask.link" }: Props) {
  const { t } = useWords();
  const practice = usePractice();
  const choice = !mark && label === "ask.paid" ? "already_paid" : undefined;
  return (
    <span class="ask">
      <Link href={pathTo(practice.id, "questions", { account, kind, id, choice })}>
        {mark === "waiting" && (
          <>
            <Icon name="clock" />{" "}
          </>
        )}
        {t(mark ? `ask.${mark}` : label)}
        <span class="visually-hidden"> ({of})</span>
      </Link>
    </span>
  );
}
