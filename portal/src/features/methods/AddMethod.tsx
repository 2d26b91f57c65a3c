import { useEffect, useRef, useState } from "preact/hooks";

import type { CardNotice, SetUp } from "../../api/schema";
import { useWords } from "../../i18n";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { isUnread, noticeOf } from "../pay/card-notice";
import { NoticeBox } from "../pay/NoticeBox";
import { useSaving } from "../pay/use-saving";
import { LawNotices } from "../shell/LawNotices";
import { AddFields } from "./AddFields";
import type { AddEvent, Adding, AddMove, Form } from "./adding";
import { LabelField } from "./LabelField";
import { useAdding } from "./use-adding";

interface Props {
  first: AddMove;
  hasOthers: boolean;
  /** What stands beside card forms. */
  asked: CardNotice | null;
  done: (setUp: SetUp | null) => void;
}

/** S16: a new one, without paying. On the page, not in a modal window: the bank's own question could not be answered there. */
export function AddMethod({ first, hasOthers, asked, done }: Props) {
  const { t } = useWords();
  const { state, dispatch, fields } = useAdding(() => first);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  useEffect(() => {
    if (state.at === "done") done(state.setUp);
  }, [state]);
  const way = wayOf(state);
  const boxed = state.at === "form" && noticeOf(asked, null) !== null;
  return (
    <section class="card add-method" aria-labelledby="add-title">
      <h2 id="add-title" tabIndex={-1} ref={heading}>
        {t(`methods.add.${way}`)}
      </h2>
      {way === "card" && !boxed && (state.at === "form" || state.at === "fields") && <LawNotices place="card_form" />}
      {state.at === "form" && <AddForm state={state} hasOthers={hasOthers} asked={asked} dispatch={dispatch} />}
      {state.at === "fields" && <AddFields state={state} fields={fields} dispatch={dispatch} />}
      {(state.at === "leaving" || state.at === "asking") && <Waiting state={state} dispatch={dispatch} />}
    </section>
  );
}

function wayOf(state: Adding): SetUp["way"] {
  if (state.at === "form") return state.way;
  return (state.at === "fields" || state.at === "asking" ? state.setUp.way : null) ?? "card";
}

function Waiting({ state, dispatch }: { state: Adding; dispatch: (event: AddEvent) => void }) {
  const { t } = useWords();
  if (state.at === "asking" && state.error) {
    return <ProblemNotice error={state.error} action={{ label: t("tryAgain"), run: () => dispatch({ type: "again" }) }} />;
  }
  return (
    <>
      <p role="status">{t("pay.preparing")}</p>
      <Skeleton shapes={["line", "line"]} />
    </>
  );
}

interface FormProps extends Pick<Props, "hasOthers" | "asked"> {
  state: Form;
  dispatch: (event: AddEvent) => void;
}

/** S17, and what saving means: to be known before the processor is asked. */
function AddForm({ state, hasOthers, asked, dispatch }: FormProps) {
  const { t, locale } = useWords();
  const saving = useSaving();
  const [makeDefault, setMakeDefault] = useState(false);
  const [label, setLabel] = useState("");
  const { way, busy, error } = state;
  const consent = saving?.consent;
  const [notice, setNotice] = useState(() => (way === "card" ? noticeOf(asked, null) : null));
  const [unread, setUnread] = useState(0);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (isUnread(notice)) return setUnread((n) => n + 1);
    const said = { way, make_default: makeDefault, label: label.trim(), consent: consent?.version ?? "" };
    dispatch({ type: "sent", body: { ...said, card_notice: notice?.version ?? null } });
  };
  return (
    <form class="card-form" noValidate onSubmit={submit}>
      <LabelField id="new-label" label={label} setLabel={setLabel} />
      {hasOthers ? (
        <label class="check">
          <input type="checkbox" checked={makeDefault} onChange={(event) => setMakeDefault(event.currentTarget.checked)} />
          <span>{t("methods.makeDefault")}</span>
        </label>
      ) : (
        <p>{t("methods.firstIsDefault")}</p>
      )}
      <p>{t(`methods.hold.${way}`)}</p>
      {way === "bank" && saving?.deposits && <p>{t("methods.deposits")}</p>}
      {consent && (
        <Notice tone="info">
          <p>{consent.text[locale]}</p>
        </Notice>
      )}
      <NoticeBox notice={notice} asked={unread} setRead={(read) => setNotice(notice && { ...notice, read })} />
      {error && <ProblemNotice error={error} />}
      <div class="actions">
        <Button type="submit" busy={busy}>
          {t(way === "card" ? "pay.toCard" : "pay.toBank")}
        </Button>
        <Button kind="quiet" onClick={() => dispatch({ type: "cancel" })}>
          {t("pay.cancel")}
        </Button>
      </div>
    </form>
  );
}
