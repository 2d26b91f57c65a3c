import { useState } from "preact/hooks";

import { ApiError } from "../../api/client";
import type { LinkOpened } from "../../api/schema";
import { useApi } from "../../app/api";
import { usePractice } from "../../app/practice";
import { useWords } from "../../i18n";
import { codeIn } from "../../lib/sign-in-code";
import { Button } from "../../ui/Button";
import { ErrorSummary } from "../../ui/ErrorSummary";
import { Field } from "../../ui/Field";
import { Notice } from "../../ui/Notice";
import { PageTitle } from "../../ui/PageTitle";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { dayOf, type TypedDate } from "./birth-date";
import type { Fragment } from "./fragment";
import { WaysOn } from "./WaysOn";

interface Props {
  link: Fragment;
  /** It was open before. */
  over: boolean;
  onOpened: (opened: LinkOpened) => void;
}

/** What the bill does not say: the client's date of birth, or a code that is e-mailed. Only the button sends it. */
export function FactorStep({ link, over, onOpened }: Props) {
  const { t, locale } = useWords();
  const api = useApi();
  const practice = usePractice();
  const [by, setBy] = useState<"birth" | "code">(link.code ? "code" : "birth");
  const [born, setBorn] = useState<TypedDate>({ month: "", day: "", year: "" });
  const [code, setCode] = useState(link.code);
  const [busy, setBusy] = useState<"opening" | "mailing" | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [asked, setAsked] = useState(0);
  const [error, setError] = useState<ApiError | null>(null);
  const [sent, setSent] = useState(false);
  const bearer = { practice: practice.id, token: link.token };

  const working = async (what: "opening" | "mailing", work: () => Promise<void>): Promise<void> => {
    if (busy) return;
    setBusy(what);
    setError(null);
    try {
      await work();
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      setError(caught);
    } finally {
      setBusy(null);
    }
  };

  const submit = (event: Event): void => {
    event.preventDefault();
    setAsked((n) => n + 1);
    setError(null);
    const day = dayOf(born);
    const typed = codeIn(code);
    const missing = by === "birth" ? !day && t("payLink.bornMissing") : !typed && t("signIn.codeEight");
    setWrong(missing || null);
    if (missing) return;
    const proof = by === "birth" ? { birth_date: day! } : { code: typed! };
    void working("opening", async () => onOpened(await api.openPayLink(bearer, proof)));
  };

  const mail = (): void =>
    void working("mailing", async () => {
      await api.askLinkCode(bearer, locale);
      setSent(true);
      setWrong(null);
      setCode("");
      setBy("code");
    });

  const first = by === "birth" ? "born-month" : "code";
  return (
    <div class="page page--narrow sign-in">
      <PageTitle tab={t("payLink.tab")}>{t("payLink.title")}</PageTitle>
      <p class="lead">{t("payLink.lead", { practice: practice.name })}</p>
      {over && (
        <Notice tone="wait" title={t("payLink.over")} urgent>
          <p>{t("payLink.overText")}</p>
        </Notice>
      )}
      <div class="card">
        <form noValidate onSubmit={submit}>
          <ErrorSummary errors={wrong ? [{ field: first, text: wrong }] : []} asked={asked} />
          {error && <Refused error={error} />}
          {by === "birth" && <BirthDate born={born} setBorn={setBorn} wrong={wrong} />}
          {by === "code" && (
            <>
              <p role="status">{sent && t("payLink.codeSent")}</p>
              <Field id="code" label={t("signIn.code")} hint={t("signIn.codeHint")} error={wrong ?? undefined} saidElsewhere>
                {(describedBy) => (
                  <input
                    id="code"
                    name="code"
                    class="code-input"
                    autocomplete="one-time-code"
                    autocapitalize="characters"
                    autocorrect="off"
                    spellcheck={false}
                    maxLength={200}
                    required
                    value={code}
                    aria-describedby={describedBy}
                    aria-invalid={Boolean(wrong) || undefined}
                    onInput={(event) => setCode(event.currentTarget.value)}
                  />
                )}
              </Field>
            </>
          )}
          <div class="actions">
            <Button type="submit" busy={busy === "opening"}>
              {t("payLink.goOn")}
            </Button>
            <Button kind="quiet" busy={busy === "mailing"} onClick={mail}>
              {t(by === "code" ? "payLink.codeAgain" : "payLink.byCode")}
            </Button>
            {by === "code" && (
              <Button
                kind="quiet"
                onClick={() => {
                  setWrong(null);
                  setBy("birth");
                }}
              >
                {t("payLink.byBirth")}
              </Button>
            )}
          </div>
        </form>
      </div>
      <WaysOn number={link.number} />
    </div>
  );
}

/** A wrong answer and a link that has ended are told the same: the API does not say which. */
function Refused({ error }: { error: ApiError }) {
  const { t } = useWords();
  if (error.code !== "link_refused") return <ProblemNotice error={error} />;
  return (
    <Notice tone="warn" title={t("payLink.refused")} urgent>
      <p>{t("payLink.refusedText")}</p>
    </Notice>
  );
}

interface BirthProps {
  born: TypedDate;
  setBorn: (born: TypedDate) => void;
  wrong: string | null;
}

const PARTS = ["month", "day", "year"] as const;

function BirthDate({ born, setBorn, wrong }: BirthProps) {
  const { t } = useWords();
  return (
    <fieldset class="birth-date" aria-describedby="born-hint">
      <legend>{t("payLink.born")}</legend>
      <p class="field__hint" id="born-hint">
        {t("payLink.bornHint")}
      </p>
      {PARTS.map((part) => (
        <label key={part} for={`born-${part}`}>
          <span>{t(`payLink.${part}`)}</span>
          <input
            id={`born-${part}`}
            inputMode="numeric"
            autocomplete="off"
            maxLength={part === "year" ? 4 : 2}
            required
            value={born[part]}
            aria-invalid={Boolean(wrong) || undefined}
            onInput={(event) => setBorn({ ...born, [part]: event.currentTarget.value })}
          />
        </label>
      ))}
      {wrong && <p class="field__error">{wrong}</p>}
    </fieldset>
  );
}
