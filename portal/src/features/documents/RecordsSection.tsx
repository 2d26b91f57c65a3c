import { useEffect, useRef, useState } from "preact/hooks";

import { recordsUrl } from "../../api/calls";
import { ApiError } from "../../api/client";
import type { Records } from "../../api/schema";
import { useApi } from "../../app/api";
import { usePractice, type AccountTools } from "../../app/practice";
import { useWords } from "../../i18n";
import { dayAt } from "../../lib/dates";
import { useLoad } from "../../lib/use-load";
import { usePoll } from "../../lib/use-poll";
import { useAnnounce } from "../../ui/Announcer";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { ProblemNotice } from "../../ui/ProblemNotice";

/** All documents, and a table of what was posted, as one file: asked for by one press, and fetched when it is there. */
export function RecordsSection({ account }: { account: AccountTools }) {
  const { t } = useWords();
  const api = useApi();
  const { account_id: id, superbills } = account.grant;
  // Wrapped, for there may be none.
  const { data, error, reload } = useLoad(`records ${id}`, async (signal) => ({ found: await api.getRecords(id, signal) }));
  const records = data?.found ?? null;
  const making = records?.state === "making";
  const [refused, setRefused] = useState<ApiError | null>(null);
  const [asking, setAsking] = useState(false);
  usePoll(making, reload);
  useSaidWhenReady(records);

  const ask = async (): Promise<void> => {
    setAsking(true);
    setRefused(null);
    try {
      await api.askForRecords(id);
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      setRefused(caught);
    }
    setAsking(false);
    reload();
  };

  const problem = refused ?? error;
  return (
    <section class="documents" aria-labelledby="records-title">
      <h2 id="records-title">{t("records.title")}</h2>
      <p class="services__lead">
        {t("records.lead")} {!superbills && t("records.noSuperbills")}
      </p>
      {problem && <ProblemNotice error={problem} />}
      {records && <Standing account={id} records={records} />}
      <div class="actions">
        <Button kind="secondary" busy={asking || (making && !records.stalled)} onClick={() => void ask()}>
          {t(making && records.stalled ? "records.goOn" : records?.state === "ready" ? "records.again" : "records.ask")}
        </Button>
      </div>
    </section>
  );
}

function Standing({ account, records }: { account: string; records: Records }) {
  const { t, plural, date } = useWords();
  const { timezone } = usePractice();
  const day = (instant: string): string => date(dayAt(timezone, new Date(instant)));
  const { drawn, documents, left_out: leftOut, older_receipts: older, made_at: made, until } = records;
  if (!made) {
    return (
      <div class="records">
        <p>{t(records.stalled ? "records.stalled" : "records.making")}</p>
        {documents > 0 && (
          <p class="records__progress">
            <progress max={documents} value={drawn} aria-labelledby="records-progress" />
            <span id="records-progress">{t("records.progress", { drawn, documents })}</span>
          </p>
        )}
      </div>
    );
  }
  return (
    <div class="records">
      <p>{t("records.ready", { date: day(made), until: day(until) })}</p>
      {older > 0 && <p>{plural("records.older", older)}</p>}
      {leftOut > 0 && <p>{plural("records.leftOut", leftOut)}</p>}
      <p class="receipt-links">
        <a href={recordsUrl(account)}>
          <Icon name="download" /> {t("records.download")}
        </a>
      </p>
    </div>
  );
}

/** Who waits for it hears that it is there; who comes to a page where it lies already does not. */
function useSaidWhenReady(records: Records | null): void {
  const { t } = useWords();
  const announce = useAnnounce();
  const before = useRef<Records["state"] | null>(null);
  const state = records?.state ?? null;
  useEffect(() => {
    if (state === "ready" && before.current === "making") announce(t("records.said"));
    before.current = state;
  }, [state]);
}
