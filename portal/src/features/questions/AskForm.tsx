import { useRef, useState } from "preact/hooks";

import { ApiError } from "../../api/client";
import type { AskedItem, Question, QuestionChoice } from "../../api/schema";
import { useApi } from "../../app/api";
import { usePractice } from "../../app/practice";
import { useWords } from "../../i18n";
import { useAnnounce } from "../../ui/Announcer";
import { Button } from "../../ui/Button";
import { ErrorSummary } from "../../ui/ErrorSummary";
import { Field } from "../../ui/Field";
import { ProblemNotice } from "../../ui/ProblemNotice";

export const CHOICES: QuestionChoice[] = ["already_paid", "not_recognised", "insurance", "estimate", "over_estimate", "other"];
const LONGEST = 2_000;
const OF_LAW: QuestionChoice[] = ["estimate", "over_estimate"];
const LAW_OF = "USD"; // United States law gives a right to an estimate, and to dispute what is far above it

interface Props {
  account: string;
  item: AskedItem;
  first: QuestionChoice | null;
  asked: (question: Question) => void;
}

/** S19: what it is about, said by a choice, and more in one's own words. */
export function AskForm({ account, item, first, asked }: Props) {
  const { t } = useWords();
  const { currency } = usePractice();
  const api = useApi();
  const announce = useAnnounce();
  const [choice, setChoice] = useState<QuestionChoice | null>(first);
  const [text, setText] = useState("");
  const [sent, setSent] = useState(0);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  // What was typed keeps its key: sent again after a failure, it is asked once.
  const key = useRef({ of: "", key: "" });
  const faults = sent > 0 ? faultsOf(choice, text) : [];

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setSent((n) => n + 1);
    setError(null);
    if (!choice || faultsOf(choice, text).length > 0) return;
    const said = JSON.stringify([choice, text]);
    if (key.current.of !== said) key.current = { of: said, key: crypto.randomUUID() };
    setBusy(true);
    try {
      const about = { kind: item.kind, id: item.id };
      const question = await api.askQuestion(account, { about, choice, text }, key.current.key);
      announce(t("ask.sent"));
      asked(question);
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      setError(caught);
    } finally {
      setBusy(false);
    }
  };

  const fault = (field: string): string | undefined => {
    const found = faults.find((one) => one.field === field);
    return found && t(found.key);
  };
  return (
    <form class="ask-form" noValidate onSubmit={(event) => void submit(event)}>
      <ErrorSummary errors={faults.map(({ field, key: words }) => ({ field, text: t(words) }))} asked={sent} />
      {error && <ProblemNotice error={error} />}
      <fieldset class="ask-form__choices" aria-describedby={fault("choice-already_paid") ? "choice-error" : undefined}>
        <legend>{t("ask.what")}</legend>
        {CHOICES.filter((one) => !OF_LAW.includes(one) || currency === LAW_OF).map((one) => (
          <label key={one} class="check">
            <input
              id={`choice-${one}`}
              type="radio"
              name="choice"
              value={one}
              checked={choice === one}
              onChange={() => setChoice(one)}
            />
            <span>{t(`ask.choice.${one}`)}</span>
          </label>
        ))}
        <p class="field__error" id="choice-error">
          {fault("choice-already_paid")}
        </p>
      </fieldset>
      <Field id="question-text" label={t(choice === "other" ? "ask.text" : "ask.textMore")} hint={t("ask.hint")} error={fault("question-text")} saidElsewhere>
        {(describedBy) => (
          <textarea
            id="question-text"
            name="question"
            rows={5}
            dir="auto"
            autocomplete="off"
            value={text}
            aria-describedby={describedBy}
            aria-invalid={fault("question-text") ? true : undefined}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        )}
      </Field>
      <Button type="submit" busy={busy}>
        {t("ask.send")}
      </Button>
    </form>
  );
}

interface Fault {
  field: string;
  key: "ask.noChoice" | "ask.noText" | "ask.long";
}

function faultsOf(choice: QuestionChoice | null, text: string): Fault[] {
  if (!choice) return [{ field: "choice-already_paid", key: "ask.noChoice" }];
  if ([...text].length > LONGEST) return [{ field: "question-text", key: "ask.long" }];
  return choice === "other" && !text.trim() ? [{ field: "question-text", key: "ask.noText" }] : [];
}
