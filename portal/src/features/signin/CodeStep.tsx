import { useEffect, useRef, useState } from "preact/hooks";

import { ApiError } from "../../api/client";
import { useApi } from "../../app/api";
import { usePractice } from "../../app/practice";
import { useSession } from "../../app/session";
import { useWords } from "../../i18n";
import { codeIn } from "../../lib/sign-in-code";
import { Button } from "../../ui/Button";
import { ErrorSummary } from "../../ui/ErrorSummary";
import { Field } from "../../ui/Field";
import { CookiesBlocked } from "./CookiesBlocked";
import { SignInProblem } from "./SignInProblem";

interface Props {
  /** Empty after a reload. */
  email: string;
  startOver: () => void;
}

export function CodeStep({ email, startOver }: Props) {
  const { t } = useWords();
  const api = useApi();
  const practice = usePractice();
  const { signedIn, prepare } = useSession();
  const input = useRef<HTMLInputElement>(null);
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | undefined>();
  const [asked, setAsked] = useState(0);
  const [error, setError] = useState<ApiError | null>(null);
  const [blocked, setBlocked] = useState(false);
  useEffect(() => input.current?.focus(), []);
  // While the reader looks for the e-mail, the pages behind the form are fetched.
  useEffect(prepare, []);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setAsked((n) => n + 1);
    setError(null);
    const typed = codeIn(code);
    setWrong(typed ? undefined : t("signIn.codeEight"));
    if (!typed) return;
    setBusy(true);
    try {
      await api.signIn(practice.id, { code: typed });
      // The API said yes; when it does not know us a moment later, the cookie was not kept.
      setBlocked(!(await signedIn()));
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      if (caught.code === "code_wrong") setWrong(caught.problem.detail || caught.problem.title);
      else setError(caught);
    } finally {
      setBusy(false);
    }
  };

  /** Takes the code out of whatever was copied with it. */
  const paste = (event: ClipboardEvent): void => {
    const found = codeIn(event.clipboardData?.getData("text") ?? "");
    if (!found) return;
    event.preventDefault();
    setCode(found);
  };

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <ErrorSummary errors={wrong ? [{ field: "code", text: wrong }] : []} asked={asked} />
      {error && <SignInProblem error={error} />}
      {blocked && <CookiesBlocked />}
      <p role="status">{email ? t("signIn.sentTo", { email }) : t("signIn.sent")}</p>
      <Field id="code" label={t("signIn.code")} hint={t("signIn.codeHint")} error={wrong} saidElsewhere>
        {(describedBy) => (
          <input
            ref={input}
            id="code"
            name="code"
            class="code-input"
            autocomplete="one-time-code"
            autocapitalize="characters"
            autocorrect="off"
            spellcheck={false}
            maxLength={200}
            enterkeyhint="go"
            required
            value={code}
            aria-describedby={describedBy}
            aria-invalid={Boolean(wrong) || undefined}
            onInput={(event) => setCode(event.currentTarget.value)}
            onPaste={paste}
          />
        )}
      </Field>
      <p class="field__hint">{t("signIn.notCome", { practice: practice.name })}</p>
      <div class="actions">
        <Button type="submit" busy={busy}>
          {t("signIn.enter")}
        </Button>
        <Button kind="quiet" onClick={startOver}>
          {t("signIn.again")}
        </Button>
      </div>
    </form>
  );
}
