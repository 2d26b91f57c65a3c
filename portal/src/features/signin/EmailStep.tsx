import { useState } from "preact/hooks";

import { ApiError } from "../../api/client";
import { useApi } from "../../app/api";
import { usePractice } from "../../app/practice";
import { useWords } from "../../i18n";
import { Button } from "../../ui/Button";
import { EmailField, looksLikeEmail } from "../../ui/EmailField";
import { ErrorSummary } from "../../ui/ErrorSummary";
import { SignInProblem } from "./SignInProblem";

interface Props {
  email: string;
  setEmail: (email: string) => void;
  hint: string;
  sent: () => void;
}

export function EmailStep({ email, setEmail, hint, sent }: Props) {
  const { t, locale } = useWords();
  const api = useApi();
  const practice = usePractice();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState(false);
  const [asked, setAsked] = useState(0);
  const [error, setError] = useState<ApiError | null>(null);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setAsked((n) => n + 1);
    const ok = looksLikeEmail(email);
    setWrong(!ok);
    setError(null);
    if (!ok) return;
    setBusy(true);
    try {
      await api.requestCode(practice.id, email.trim(), locale);
      sent();
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      if (caught.code === "email_invalid") setWrong(true);
      else setError(caught);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <ErrorSummary errors={wrong ? [{ field: "email", text: t("signIn.emailWrong") }] : []} asked={asked} />
      {error && <SignInProblem error={error} />}
      <EmailField id="email" hint={hint} email={email} setEmail={setEmail} wrong={wrong} />
      <Button type="submit" busy={busy}>
        {t("signIn.send")}
      </Button>
    </form>
  );
}
