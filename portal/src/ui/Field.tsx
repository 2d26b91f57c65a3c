import type { ComponentChildren } from "preact";

interface Props {
  id: string;
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  /** The error is said elsewhere, as by a summary that takes the focus: it is not said here once more. */
  saidElsewhere?: boolean;
  /** Gets the ids that describe the control, for aria-describedby. */
  children: (describedBy: string | undefined) => ComponentChildren;
}

/** A label, a hint, an error and the control they belong to. The error's place is always there, so that it is heard. */
export function Field({ id, label, hint, error, saidElsewhere, children }: Props) {
  const ids = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div class={error ? "field field--wrong" : "field"}>
      <label for={id}>{label}</label>
      {hint && (
        <p class="field__hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {children(ids || undefined)}
      <p class="field__error" id={`${id}-error`} aria-live={saidElsewhere ? undefined : "polite"}>
        {error}
      </p>
    </div>
  );
}
