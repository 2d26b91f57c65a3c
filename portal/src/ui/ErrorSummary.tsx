import { useEffect, useRef } from "preact/hooks";

import { useWords } from "../i18n";

/** What is wrong with a form, at its top, each line leading to its field. Takes the focus when it appears. */
export function ErrorSummary({ errors }: { errors: { field: string; text: string }[] }) {
  const { t } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const text = errors.map((error) => error.text).join("\n");
  useEffect(() => {
    if (text) box.current?.focus();
  }, [text]);
  if (errors.length === 0) return null;
  return (
    <div class="error-summary" role="alert" tabIndex={-1} ref={box}>
      <p class="error-summary__title">{t("form.problem")}</p>
      <ul>
        {errors.map((error) => (
          <li key={error.field}>
            <a href={`#${error.field}`} onClick={(event) => focusField(event, error.field)}>
              {error.text}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}

function focusField(event: Event, id: string): void {
  event.preventDefault();
  document.getElementById(id)?.focus();
}
