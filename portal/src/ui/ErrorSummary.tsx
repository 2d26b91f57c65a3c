import { useEffect, useId, useRef } from "preact/hooks";

import { useWords } from "../i18n";

interface Props {
  /** `focus` leads into a field that is another site's. */
  errors: { field: string; text: string; focus?: () => void }[];
  /** How often the form was sent: each time what is wrong takes the focus again. */
  asked?: number;
}

/**
 * What is wrong with a form, at its top, each line leading to its field. It takes the focus, and so is read once:
 * as an alert it would be said a second time.
 */
export function ErrorSummary({ errors, asked = 0 }: Props) {
  const { t } = useWords();
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const text = errors.map((error) => error.text).join("\n");
  useEffect(() => {
    if (text) box.current?.focus();
  }, [text, asked]);
  if (errors.length === 0) return null;
  return (
    <div class="error-summary" role="group" aria-labelledby={`${id}-title`} aria-describedby={`${id}-list`} tabIndex={-1} ref={box}>
      <p class="error-summary__title" id={`${id}-title`}>{t("form.problem")}</p>
      <ul id={`${id}-list`}>
        {errors.map((error) => (
          <li key={error.field}>
            <a href={`#${error.field}`} onClick={(event) => (error.focus ? error.focus() : focusField(error.field), event.preventDefault())}>
              {error.text}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}

function focusField(id: string): void {
  document.getElementById(id)?.focus();
}
