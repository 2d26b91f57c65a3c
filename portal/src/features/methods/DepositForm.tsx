import { useState } from "preact/hooks";

import { ApiError } from "../../api/client";
import type { Method } from "../../api/schema";
import { useApi } from "../../app/api";
import { useWords } from "../../i18n";
import { Button } from "../../ui/Button";
import { Field } from "../../ui/Field";
import { ProblemNotice } from "../../ui/ProblemNotice";
import type { Changed } from "./changed";

interface Props {
  method: Method;
  deposit: NonNullable<Method["deposit"]>;
  changed: Changed;
}

const CODE = /^SM[0-9A-Z]{4}$/;

/** A bank account waits until the code beside its small deposit is typed here; until then it cannot pay. */
export function DepositForm({ method, deposit, changed }: Props) {
  const { t, date } = useWords();
  const api = useApi();
  const [code, setCode] = useState("");
  const [wrong, setWrong] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const id = `deposit-${method.id}`;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const typed = code.replace(/\s/g, "").toUpperCase();
    if (busy) return;
    setError(null);
    setWrong(!CODE.test(typed));
    if (!CODE.test(typed)) return document.getElementById(id)?.focus();
    setBusy(true);
    try {
      const methods = await api.verifyMethod(method.id, typed);
      changed(methods, t("deposit.done", { name: method.name }));
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="method__form" noValidate onSubmit={(event) => void submit(event)}>
      <p>{t("deposit.text", { until: date(deposit.until.slice(0, 10)) })}</p>
      <Field id={id} label={t("deposit.code")} hint={t("deposit.hint")} error={wrong ? t("deposit.wrong") : undefined}>
        {(describedBy) => (
          <input
            id={id}
            name="code"
            class="code-input"
            autocomplete="off"
            autocapitalize="characters"
            spellcheck={false}
            value={code}
            aria-describedby={describedBy}
            aria-invalid={wrong || undefined}
            onInput={(event) => setCode(event.currentTarget.value)}
          />
        )}
      </Field>
      {error && <ProblemNotice error={error} />}
      <div class="actions">
        <Button type="submit" kind="secondary" busy={busy}>
          {t("deposit.verify")}
        </Button>
      </div>
    </form>
  );
}
