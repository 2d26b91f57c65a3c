import { useState } from "preact/hooks";

import type { AskedItem, AskedKind, Question, QuestionChoice } from "../../api/schema";
import { useApi } from "../../app/api";
import type { AccountTools } from "../../app/practice";
import { usePlace } from "../../app/router";
import { useWords } from "../../i18n";
import { useLoad } from "../../lib/use-load";
import { usePages } from "../../lib/use-pages";
import { Link } from "../../ui/Link";
import { Notice } from "../../ui/Notice";
import { PageTitle } from "../../ui/PageTitle";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { ShowMore } from "../../ui/ShowMore";
import { Skeleton } from "../../ui/Skeleton";
import { AskedAbout } from "./AskedAbout";
import { AskForm, CHOICES } from "./AskForm";
import { QuestionRow } from "./QuestionRow";

const KINDS: AskedKind[] = ["service", "invoice", "payment"];

/** S19: the form about the item that the address names, and all that was asked and answered so far. */
export function QuestionsPage({ account }: { account: AccountTools }) {
  const { t } = useWords();
  const api = useApi();
  const id = account.grant.account_id;
  const named = useNamed();
  const questions = usePages(`questions ${id}`, async (cursor, signal) => {
    const page = await api.getQuestions(id, { cursor }, signal);
    return { rows: page.questions, next: page.next_cursor };
  });
  const { first, rows, error, loading, reload } = questions;
  return (
    <div class="page">
      <p>
        <Link href={account.path("billing")}>{t("pay.backToBilling")}</Link>
      </p>
      <PageTitle tab={t("ask.tab")}>{t(named ? "ask.title" : "ask.listTitle")}</PageTitle>
      {named && <About key={`${named.kind} ${named.id}`} account={id} named={named} questions={rows} asked={reload} />}
      <section aria-labelledby="questions-title">
        <h2 id="questions-title">{t("ask.list")}</h2>
        {loading && <Skeleton shapes={["row", "row"]} />}
        {error && <ProblemNotice error={error} action={{ label: t("tryAgain"), run: reload }} />}
        {first?.length === 0 && <p class="empty">{t("ask.none")}</p>}
        {rows.length > 0 && (
          <ul role="list" class="ruled">
            {rows.map((question) => (
              <QuestionRow key={question.id} question={question} />
            ))}
          </ul>
        )}
        <ShowMore pages={questions} />
      </section>
    </div>
  );
}

interface AboutProps {
  account: string;
  named: Named;
  questions: Question[];
  asked: () => void;
}

/** The item; the form, or that a question about it waits. Its answer stands first in the list below. */
function About({ account, named, questions, asked }: AboutProps) {
  const { t } = useWords();
  const api = useApi();
  const { kind, id } = named;
  const { data, error, loading, reload } = useLoad(`asked ${account} ${kind} ${id}`, (signal) => api.getQuestions(account, { kind, id }, signal));
  const [sent, setSent] = useState(false);
  const item = data?.item;
  const waits = sent || [...questions, ...(data?.questions ?? [])].some((one) => one.state === "open" && isAbout(one, named));
  return (
    <section class="ask-about" aria-label={t("ask.title")}>
      {loading && <Skeleton shapes={["card"]} />}
      {error && <ProblemNotice error={error} action={{ label: t("tryAgain"), run: reload }} />}
      {item && (
        <>
          <p class="lead">
            <AskedAbout item={item} />
          </p>
          <Form account={account} item={item} waits={waits} first={named.choice} asked={() => (setSent(true), asked())} />
        </>
      )}
    </section>
  );
}

function Form({ account, item, waits, first, asked }: { account: string; item: AskedItem; waits: boolean; first: QuestionChoice | null; asked: () => void }) {
  const { t } = useWords();
  if (!waits) {
    return (
      <>
        <p>{t("ask.lead")}</p>
        <AskForm account={account} item={item} first={first} asked={asked} />
      </>
    );
  }
  return (
    <Notice tone="wait" title={t("ask.waiting")}>
      <p>{t("ask.waitingText")}</p>
    </Notice>
  );
}

interface Named {
  kind: AskedKind;
  id: string;
  choice: QuestionChoice | null;
}

function useNamed(): Named | null {
  const query = new URLSearchParams(usePlace().search);
  const kind = KINDS.find((one) => one === query.get("kind"));
  const id = query.get("id");
  if (!kind || !id) return null;
  return { kind, id, choice: CHOICES.find((one) => one === query.get("choice")) ?? null };
}

function isAbout({ about }: Question, { kind, id }: Named): boolean {
  return about.kind === kind && about.id === id;
}
