import { useWords } from "../i18n";
import { Field } from "./Field";

interface Props {
  id: string;
  hint: string;
  email: string;
  setEmail: (email: string) => void;
  /** Its form's ErrorSummary says so, too. */
  wrong: boolean;
}

export function looksLikeEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(text.trim());
}

export function EmailField({ id, hint, email, setEmail, wrong }: Props) {
  const { t } = useWords();
  return (
    <Field id={id} label={t("signIn.email")} hint={hint} error={wrong ? t("signIn.emailWrong") : undefined} saidElsewhere>
      {(describedBy) => (
        <input
          id={id}
          name="email"
          type="email"
          autocomplete="email"
          inputMode="email"
          enterkeyhint="go"
          spellcheck={false}
          required
          maxLength={254}
          value={email}
          aria-describedby={describedBy}
          aria-invalid={wrong || undefined}
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
