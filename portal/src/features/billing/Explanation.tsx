import type { Item } from "../../api/schema";
import { useWords, type Key } from "../../i18n";

const PARTS = ["insurance", "adjustments", "paid"] as const;

/** "Why do I owe this?": fee - insurance - adjustments - paid = owed; parts that are zero change nothing and are left out.
 * Where they all are, the fee is what is owed, and that stands beside it. */
export function Explanation({ explanation, currency }: { explanation: Item["explanation"]; currency: string }) {
  const { t, money } = useWords();
  if (PARTS.every((part) => explanation[`${part}_minor`] === 0)) return null;
  return (
    <span class="why">
      <Part label={t("why.fee")} value={money(explanation.fee_minor, currency)} />
      {PARTS.map((part) => {
        const minor = explanation[`${part}_minor`];
        if (minor === 0) return null;
        const key: Key = `why.${part}`;
        return <Part key={part} sign={minor > 0 ? "−" : "+"} label={t(key)} value={money(Math.abs(minor), currency)} />;
      })}
      <Part sign="=" label={t("why.owed")} value={money(explanation.owed_minor, currency)} />
    </span>
  );
}

function Part({ sign, label, value }: { sign?: string; label: string; value: string }) {
  return (
    <span class="why__part">
      {sign && `${sign} `}
      {value} {label}{" "}
    </span>
  );
}
