import type { PracticeProfile } from "../../api/schema";
import { useWords, type Key } from "../../i18n";

/** G18: what payers ask. PayPal is spoken of only where the practice has it. */
export function Questions({ guests }: { guests: PracticeProfile["guests"] }) {
  const { t } = useWords();
  if (!guests.enabled) return null;
  const paypal = guests.ways.some(({ processor }) => processor === "paypal");
  const card = guests.ways.find(({ way }) => way === "card");
  const safe: Key[] = [
    ...(paypal ? ["public.isItSafePaypal" as const] : []),
    ...(card ? [card.processor === "paypal" ? ("public.isItSafeCardPaypal" as const) : ("public.isItSafeCard" as const)] : []),
  ];
  const questions: [Key, Key[]][] = [
    ...(paypal ? [["public.whatIsPaypal", ["public.whatIsPaypalText"]] as [Key, Key[]]] : []),
    [paypal ? "public.isItSafe" : "public.isItSafeHere", safe],
    ...(paypal ? [["public.whyPaypal", ["public.whyPaypalText"]] as [Key, Key[]]] : []),
  ];
  return (
    <section class="public__questions" aria-labelledby="questions-title">
      <h2 id="questions-title">{t("public.questions")}</h2>
      {questions.map(([question, answers]) => (
        <div key={question}>
          <h3>{t(question)}</h3>
          {answers.map((answer) => (
            <p key={answer}>{t(answer)}</p>
          ))}
        </div>
      ))}
    </section>
  );
}
