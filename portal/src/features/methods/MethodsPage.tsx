import { useEffect, useState } from "preact/hooks";

import type { ApiError } from "../../api/client";
import type { Method, Methods, SetUp } from "../../api/schema";
import { useApi } from "../../app/api";
import type { AccountTools } from "../../app/practice";
import { navigate, usePlace } from "../../app/router";
import { useWords } from "../../i18n";
import { useLoad } from "../../lib/use-load";
import { useReloadOnReturn } from "../../lib/use-return";
import { useAnnounce } from "../../ui/Announcer";
import { Button } from "../../ui/Button";
import { Link } from "../../ui/Link";
import { Notice } from "../../ui/Notice";
import { PageTitle } from "../../ui/PageTitle";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { useSaving } from "../pay/use-saving";
import { AddMethod } from "./AddMethod";
import { askingOf, formOf, type AddMove } from "./adding";
import { EndedNotices } from "./EndedNotices";
import { MethodRow } from "./MethodRow";
import { outcomeKey, OutcomeNotice } from "./OutcomeNotice";
import { UnfinishedSetUp } from "./UnfinishedSetUp";

/** S15: what the payer has saved in this practice, for whomever they pay; one of it is the default (S18). */
export function MethodsPage({ account }: { account: AccountTools }) {
  const { t } = useWords();
  const api = useApi();
  const saving = useSaving();
  const { data, error, loading, reload } = useLoad("methods", (signal) => api.getMethods(signal));
  const [changed, setChanged] = useState<Methods | null>(null);
  useEffect(() => setChanged(null), [data]);
  useReloadOnReturn(reload);
  const shown = changed ?? data;
  const { adding, begin, ended, outcome, forget } = useAddingHere(account, reload);
  const announce = useAnnounce();
  const [said, setSaid] = useState("");
  const [missed, setMissed] = useState<ApiError | null>(null);
  const told = (methods: Methods, text: string): void => {
    forget();
    setMissed(null);
    setChanged(methods);
    setSaid(text);
    announce(text);
  };
  /** Its row goes with the list that is read again: the page says why. */
  const gone = (why: ApiError): void => (forget(), setSaid(""), setMissed(why), reload());
  const start = (first: AddMove): void => (setSaid(""), setMissed(null), begin(first));

  return (
    <div class="page">
      <p>
        <Link href={account.path("billing")}>{t("pay.backToBilling")}</Link>
      </p>
      <PageTitle tab={t("methods.tab")}>{t("methods.title")}</PageTitle>
      <p class="lead">{t("methods.lead")}</p>
      {outcome && <OutcomeNotice setUp={outcome} methods={shown} />}
      {said && <Notice tone="good" title={said} />}
      {missed && <ProblemNotice error={missed} />}
      {loading && <Skeleton shapes={["row", "row"]} />}
      {error && <ProblemNotice error={error} action={{ label: t("tryAgain"), run: reload }} />}
      {shown && (
        <>
          <EndedNotices ended={shown.ended} />
          {!adding && shown.set_ups.filter((setUp) => !isOver(setUp, outcome)).map((setUp) => <UnfinishedSetUp key={setUp.id} setUp={setUp} begin={start} />)}
          {shown.methods.length === 0 && <p class="empty">{t("methods.none")}</p>}
          {shown.methods.length > 0 && (
            <ul role="list" class="ruled methods">
              {shown.methods.map((method) => (
                <MethodRow key={method.id} method={method} next={nextDefault(method, shown)} changed={told} gone={gone} />
              ))}
            </ul>
          )}
          {adding && <AddMethod key={adding.key} first={adding.first} hasOthers={shown.methods.length > 0} asked={shown.card_notice ?? null} done={ended} />}
          {!adding && saving && (
            <div class="actions">
              {saving.ways.map((way) => (
                <Button key={way} kind="secondary" onClick={() => start({ state: formOf(way), effects: [] })}>
                  {t(`methods.new.${way}`)}
                </Button>
              ))}
            </div>
          )}
          {!saving && (
            <Notice tone="info">
              <p>{t("methods.off")}</p>
            </Notice>
          )}
        </>
      )}
    </div>
  );
}

interface AddingHere {
  adding: { key: number; first: AddMove } | null;
  begin: (first: AddMove) => void;
  ended: (setUp: SetUp | null) => void;
  outcome: SetUp | null;
  /** Something else was done since. */
  forget: () => void;
}

/** Back from the processor's page the address names what was begun there: what has become of it is asked at once. */
function useAddingHere(account: AccountTools, reload: () => void): AddingHere {
  const words = useWords();
  const announce = useAnnounce();
  const { search } = usePlace();
  const [turn, setTurn] = useState(0);
  const [first, setFirst] = useState<AddMove | null>(() => returnedIn(search));
  const [outcome, setOutcome] = useState<SetUp | null>(null);
  const begin = (next: AddMove): void => {
    setTurn((n) => n + 1);
    setOutcome(null);
    setFirst(next);
  };
  useEffect(() => {
    if (returnedIn(search)) navigate(account.path("payment-methods"), { replace: true });
    // Back from the processor's page this one may come out of the browser's memory as it was left.
    const restored = ({ persisted }: PageTransitionEvent): void => void (persisted && location.reload());
    window.addEventListener("pageshow", restored);
    return () => window.removeEventListener("pageshow", restored);
  }, []);
  const ended = (setUp: SetUp | null): void => {
    setFirst(null);
    setOutcome(setUp);
    if (!setUp) return;
    announce(words.t(outcomeKey(setUp)));
    reload();
  };
  return { adding: first && { key: turn, first }, begin, ended, outcome, forget: () => setOutcome(null) };
}

/** As the API has it: the newest of the others that can pay. */
function nextDefault(method: Method, { methods }: Methods): Method | null {
  return methods.find(({ id, state }) => id !== method.id && state === "ready") ?? null;
}

/** The list may have been read a moment before. */
function isOver({ id }: SetUp, outcome: SetUp | null): boolean {
  return outcome?.id === id && outcome.state !== "started";
}

function returnedIn(search: string): AddMove | null {
  const query = new URLSearchParams(search);
  const id = query.get("set-up");
  if (!id) return null;
  const canceling = query.get("canceled") === "1";
  const setUp: SetUp = { id, way: "card", state: "started", method_id: null, next: null, replaced: false };
  return { state: askingOf(setUp, canceling), effects: [{ do: canceling ? "cancel" : "check", id }] };
}

