/** What went wrong, in words, and always a way on. */
import type { ComponentChildren } from "preact";

import { OFFLINE, SERVER_TROUBLE, type ApiError } from "../api/client";
import { useWords, type Key, type Words } from "../i18n";
import { WAYS_ON } from "../lib/ways-on";
import { Button } from "./Button";
import { Notice } from "./Notice";

const OWN_WORDS: Record<string, Key> = { [OFFLINE]: "problem.offline", [SERVER_TROUBLE]: "problem.server" };

/** Asked again, the answer is the same. */
const NOT_THERE = 404;

interface Props {
  error: ApiError;
  action?: { label: string; run: () => void; busy?: boolean };
  /** What could not be done, where that matters more than why. */
  title?: string;
  children?: ComponentChildren;
}

/** Why it did not work, in one line. */
export function whyOf({ t }: Pick<Words, "t">, { code, problem }: ApiError): string {
  const own = OWN_WORDS[code];
  return own ? t(own) : problem.detail || problem.title;
}

export function ProblemNotice({ error, action, title: what, children }: Props) {
  const { t } = useWords();
  const own = OWN_WORDS[error.code];
  const why = own ? t(own) : error.problem.title;
  const title = what ?? why;
  const way = WAYS_ON[error.code];
  return (
    <Notice tone="warn" title={title} urgent>
      {children}
      {what && <p>{why}.</p>}
      {error.problem.detail && error.problem.detail !== why && <p>{error.problem.detail}</p>}
      {way && !what && <p>{t(way)}</p>}
      {action && error.problem.status !== NOT_THERE && (
        <Button kind="secondary" busy={action.busy} onClick={action.run}>
          {action.label}
        </Button>
      )}
    </Notice>
  );
}
