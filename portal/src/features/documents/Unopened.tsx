import { useLayoutEffect, useState } from "preact/hooks";

import { navigate } from "../../app/router";
import { useWords, type Key } from "../../i18n";
import { Notice } from "../../ui/Notice";

const CODE = "unopened";
/** The PDF is on its way: of a document that nobody has opened yet, or of one whose file was gone. */
const MAKING = ["document_missing", "receipt_not_ready"];
/** Of a summary of payments: opened again in a minute, it says the same. */
const OTHERWISE: Record<string, Key> = {
  date_invalid: "unopened.days",
  date_range_reversed: "unopened.days",
  field_missing: "unopened.days",
  too_many_summaries: "unopened.many",
};

/** Why a document did not open. The API leads here whoever followed a link to one that it could not give. */
export function Unopened() {
  const { t } = useWords();
  const [code] = useState(() => new URLSearchParams(location.search).get(CODE));
  // It is said once: a reload of the page tries nothing again. The address changes before the words
  // are seen, so that no reload is quicker.
  useLayoutEffect(() => void (code && navigate(withoutCode(), { replace: true })), []);
  if (!code) return null;
  const making = MAKING.includes(code);
  return (
    <Notice tone={making ? "wait" : "warn"} title={t(making ? "unopened.making" : "unopened.other")} urgent>
      <p>{t(OTHERWISE[code] ?? "unopened.again")}</p>
      <p>{t("way.contact")}</p>
    </Notice>
  );
}

function withoutCode(): string {
  const query = new URLSearchParams(location.search);
  query.delete(CODE);
  const text = query.toString();
  return location.pathname + (text ? `?${text}` : "");
}
