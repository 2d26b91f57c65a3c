import { useEffect, useRef, useState } from "preact/hooks";

import { ApiError } from "../../api/client";
import type { Method } from "../../api/schema";
import { useApi } from "../../app/api";
import { useWords } from "../../i18n";
import { Button } from "../../ui/Button";
import { LabelField } from "./LabelField";
import type { Changed } from "./changed";
import { ProblemNotice } from "../../ui/ProblemNotice";

interface Props {
  method: Method;
  changed: Changed;
  /** It is not saved any more. */
  gone: (why: ApiError) => void;
  close: () => void;
}

/** The payer's own name for it; an empty one takes it away. */
export function LabelForm({ method, changed, gone, close }: Props) {
  const { t } = useWords();
  const api = useApi();
  const [label, setLabel] = useState(method.label);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector("input")?.focus(), []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      const methods = await api.labelMethod(method.id, label.trim());
      changed(methods, t("method.labeled"));
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      setBusy(false);
      if (caught.problem.status === 404) gone(caught);
      else setError(caught);
    }
  };
  return (
    <form class="method__form" ref={form} noValidate onSubmit={(event) => void submit(event)}>
      <LabelField id={`label-${method.id}`} label={label} setLabel={setLabel} />
      {error && <ProblemNotice error={error} />}
      <div class="actions">
        <Button type="submit" busy={busy}>
          {t("method.saveLabel")}
        </Button>
        <Button kind="quiet" onClick={close}>
          {t("pay.cancel")}
        </Button>
      </div>
    </form>
  );
}
