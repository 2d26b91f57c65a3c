import type { Question } from "../../api/schema";
import { usePractice } from "../../app/practice";
import { useWords } from "../../i18n";
import { dayAt } from "../../lib/dates";
import { AskedAbout } from "./AskedAbout";

/** A question, and its answer once there is one. What somebody wrote is plain text, each in its own direction. */
export function QuestionRow({ question }: { question: Question }) {
  const { t, date } = useWords();
  const { timezone } = usePractice();
  const { mine, choice, text, answer, state } = question;
  return (
    <li class="ruled__row question">
      <h3 class="ruled__what">
        <AskedAbout item={question.about} />
      </h3>
      <div class="ruled__about">
        <span class={`tag tag--${state === "open" ? "wait" : state}`}>{t(`ask.state.${state}`)}</span>
        <p>{t("ask.askedOn", { date: date(dayAt(timezone, new Date(question.asked_at))) })}</p>
        {mine ? choice && <p>{t(`ask.choice.${choice}`)}</p> : <p>{t("ask.others")}</p>}
        {text && (
          <p class="written" dir="auto">
            {text}
          </p>
        )}
        {answer && (
          <div class="question__answer">
            <h4>{t("ask.answer")}</h4>
            <p class="written" dir="auto">
              {answer}
            </p>
          </div>
        )}
      </div>
    </li>
  );
}
