/** What went wrong, in words, and always a way on. */
import { OFFLINE, SERVER_TROUBLE, type ApiError } from "../api/client";
import { useWords, type Key } from "../i18n";
import { WAYS_ON } from "../lib/ways-on";
import { Button } from "./Button";
import { Notice } from "./Notice";

const OWN_WORDS: Record<string, Key> = { [OFFLINE]: "problem.offline", [SERVER_TROUBLE]: "problem.server" };

interface Props {
  error: ApiError;
  action?: { label: string; run: () => void };
}

export function ProblemNotice({ error, action }: Props) {
  const { t } = useWords();
  const own = OWN_WORDS[error.code];
  const title = own ? t(own) : error.problem.title;
  const way = WAYS_ON[error.code];
  return (
    <Notice tone="warn" title={title} urgent>
      {error.problem.detail && error.problem.detail !== title && <p>{error.problem.detail}</p>}
      {way && <p>{t(way)}</p>}
      {action && (
        <Button kind="secondary" onClick={action.run}>
          {action.label}
        </Button>
      )}
    </Notice>
  );
}
