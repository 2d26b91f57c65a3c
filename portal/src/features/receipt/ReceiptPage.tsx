import { useEffect, useState } from "preact/hooks";

import { ApiError } from "../../api/client";
import type { ReceiptOpened } from "../../api/schema";
import { useApi } from "../../app/api";
import { usePractice } from "../../app/practice";
import { pathTo } from "../../app/router";
import { useWords } from "../../i18n";
import "../../i18n/pages";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Link } from "../../ui/Link";
import { NewTab } from "../../ui/NewTab";
import { Notice } from "../../ui/Notice";
import { PageTitle } from "../../ui/PageTitle";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { hideReceiptToken, receiptToken } from "./token";

/** Used up, or none of ours: the button can do nothing more with it. */
const LINK_INVALID = "link_invalid";
/** A little less than the storage's own minute: afterwards it answers in its own words. */
const WORKS_MS = 55_000;

/** Behind the link in the receipt e-mail. The token never leaves the browser but by the button. */
export function ReceiptPage() {
  const { t } = useWords();
  const api = useApi();
  const practice = usePractice();
  const [token] = useState(() => receiptToken(practice.id));
  const [busy, setBusy] = useState(false);
  const [opened, setOpened] = useState<(ReceiptOpened & { untilMs: number; renewed: boolean }) | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  useEffect(() => {
    const hide = (): void => hideReceiptToken(practice.id);
    hide();
    window.addEventListener("hashchange", hide); // the same link, opened again in this tab
    return () => window.removeEventListener("hashchange", hide);
  }, []);
  const useful = token !== "" && error?.code !== LINK_INVALID;

  const open = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const receipt = await api.openReceipt(practice.id, token);
      setOpened((before) => ({ ...receipt, untilMs: Date.now() + WORKS_MS, renewed: before !== null }));
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      setError(caught);
    } finally {
      setBusy(false);
    }
  };

  return (
    <div class="page page--narrow">
      <PageTitle tab={t("receipt.tab")}>{t("receipt.title")}</PageTitle>
      {useful && <p class="lead">{t("receipt.lead", { practice: practice.name })}</p>}
      {!token && (
        <Notice tone="warn" title={t("receipt.noToken")}>
          <p>{t("receipt.noTokenText")}</p>
        </Notice>
      )}
      {error && <ProblemNotice error={error} />}
      {opened && <Opened receipt={opened} renew={open} />}
      <div class="actions">
        {useful && (
          <Button kind={opened ? "secondary" : "primary"} busy={busy} onClick={() => void open()}>
            {t(opened ? "receipt.newLink" : "receipt.show")}
          </Button>
        )}
        <Link href={pathTo(practice.id, "billing")} class={`button button--${useful ? "quiet" : "primary"}`}>
          {t("receipt.toBilling")}
        </Link>
      </div>
    </div>
  );
}

interface OpenedProps {
  receipt: ReceiptOpened & { untilMs: number; renewed: boolean };
  renew: () => Promise<void>;
}

function Opened({ receipt, renew }: OpenedProps) {
  const { t, money, date } = useWords();
  const press = (event: Event): void => {
    if (Date.now() < receipt.untilMs) return;
    event.preventDefault();
    void renew();
  };
  return (
    <div class="slip" role="status">
      <dl class="ledger">
        <div class="ledger__line">
          <dt>{t("payments.date")}</dt>
          <dd>{date(receipt.date)}</dd>
        </div>
        <div class="ledger__line">
          <dt>{t("payments.reference")}</dt>
          <dd>{receipt.reference}</dd>
        </div>
        <div class="ledger__line ledger__line--total">
          <dt>{t("payments.amount")}</dt>
          <dd>{money(receipt.amount_minor, receipt.currency)}</dd>
        </div>
      </dl>
      <p>
        <a class="button button--primary" href={receipt.url} target="_blank" rel="noreferrer" onClick={press} onAuxClick={press}>
          <Icon name="receipt" /> {t("receipt.openPdf")}
          <NewTab />
        </a>
      </p>
      <p class="slip__note">{t(receipt.renewed ? "receipt.renewed" : "receipt.minute")}</p>
    </div>
  );
}
