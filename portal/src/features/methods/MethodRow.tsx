import { useState } from "preact/hooks";

import { ApiError } from "../../api/client";
import type { Method, Methods } from "../../api/schema";
import { useApi } from "../../app/api";
import { useWords } from "../../i18n";
import { Button } from "../../ui/Button";
import { Name } from "../../ui/Name";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { canPay } from "../pay/preset";
import type { Changed } from "./changed";
import { DepositForm } from "./DepositForm";
import { LabelForm } from "./LabelForm";
import { RemoveDialog } from "./RemoveDialog";

const WALLETS: Record<string, string> = { apple_pay: "Apple Pay", google_pay: "Google Pay", link: "Link" };

interface Props {
  method: Method;
  /** Which one becomes the default when this one, which is it, is removed. */
  next: Method | null;
  changed: Changed;
  /** It is not saved any more. */
  gone: (why: ApiError) => void;
}

/** S15, S18: one of them: what it is, how it stands, and what can be done with it. */
export function MethodRow({ method, next, changed, gone }: Props) {
  const { t } = useWords();
  const api = useApi();
  const [open, setOpen] = useState<"label" | "remove" | null>(null);
  const { error, busy, run } = useChange(changed, gone);
  const { id, name, kind } = method;
  const makeDefault = (): void => void run("default", () => api.makeDefault(id), t("method.isDefault", { name }));
  const remove = async (): Promise<void> => {
    if (await run("remove", () => api.removeMethod(id), t("method.removed", { name }))) return;
    setOpen(null);
  };
  return (
    <li class="ruled__row method">
      <h2 class="ruled__what">{name}</h2>
      <div class="ruled__about">
        <Tags method={method} />
        <p>
          <About method={method} />
        </p>
        <WhatToDo method={method} />
        {method.deposit && <DepositForm method={method} deposit={method.deposit} changed={changed} />}
        {error && <ProblemNotice error={error} />}
        {open === "label" && (
          <LabelForm method={method} changed={(methods, said) => (changed(methods, said), setOpen(null))} gone={gone} close={() => setOpen(null)} />
        )}
      </div>
      <div class="ruled__links actions">
        {!method.default && canPay(method) && (
          <Button kind="link" busy={busy === "default"} label={`${t(`method.makeDefault.${kind}`)}: ${name}`} onClick={makeDefault}>
            {t(`method.makeDefault.${kind}`)}
          </Button>
        )}
        {open !== "label" && (
          <Button kind="link" label={`${t(method.label ? "method.rename" : "method.label")}: ${name}`} onClick={() => setOpen("label")}>
            {t(method.label ? "method.rename" : "method.label")}
          </Button>
        )}
        <Button kind="link" label={`${t("method.remove")}: ${name}`} onClick={() => setOpen("remove")}>
          {t("method.remove")}
        </Button>
      </div>
      {open === "remove" && <RemoveDialog method={method} next={next} busy={busy === "remove"} remove={() => void remove()} close={() => setOpen(null)} />}
    </li>
  );
}

function Tags({ method }: { method: Method }) {
  const { t } = useWords();
  return (
    <>
      {method.default && <span class="tag tag--paid">{t("method.default")}</span>}{" "}
      {method.state !== "ready" && <span class="tag tag--processing">{t(`method.${method.state}`)}</span>}{" "}
      {method.expires && <span class="tag tag--disputed">{t(`method.expires.${method.expires}`)}</span>}
    </>
  );
}

/** Where it cannot pay any more: why, and what helps. */
function WhatToDo({ method: { state, expires } }: { method: Method }) {
  const { t } = useWords();
  const why = state === "blocked" ? "blocked" : expires === "expired" ? "expired" : null;
  return why && <p>{t(`method.do.${why}`)}</p>;
}

/** In one line: the payer's own name for it, the wallet or bank, and its last month. */
function About({ method }: { method: Method }) {
  const { t } = useWords();
  const { label, wallet, bank, expiry } = method;
  const [year, month] = (expiry ?? "").split("-");
  const parts = [
    label && <Name>{label}</Name>,
    wallet && (WALLETS[wallet] ?? wallet),
    bank && <bdi>{bank}</bdi>,
    year && month && t("method.expiry", { date: `${month}/${year}` }),
  ].filter(Boolean);
  return (
    <>
      {parts.map((part, place) => (
        <span key={place}>
          {place > 0 && " · "}
          {part}
        </span>
      ))}
    </>
  );
}

/** One change at a time. It answers whether it was made; what another tab has taken away is shown as it is now. */
function useChange(changed: Changed, gone: (why: ApiError) => void) {
  const [busy, setBusy] = useState<string | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const run = async (what: string, call: () => Promise<Methods>, said: string): Promise<boolean> => {
    if (busy) return false;
    setBusy(what);
    setError(null);
    try {
      changed(await call(), said);
      return true;
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      if (caught.problem.status === 404) gone(caught);
      else setError(caught);
      return false;
    } finally {
      setBusy(null);
    }
  };
  return { busy, error, run };
}
