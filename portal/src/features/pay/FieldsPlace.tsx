import { useWords } from "../../i18n";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import type { CardFields } from "./card-fields";
import type { AtCard } from "./machine/state";

interface Props {
  id: string;
  state: { fields: AtCard["fields"]; early: boolean };
  fields: CardFields;
  again: () => void;
}

/** Where the processor's own fields stand: whether they load, and that they can be asked for again where they did not come. */
export function FieldsPlace({ id, state, fields, again }: Props) {
  const { t } = useWords();
  return (
    <>
      <div id={id} class="card-form__fields" ref={fields.place} data-state={state.fields} />
      <p class="card-form__wait" role="status">
        {state.fields === "loading" && t(state.early ? "card.stillLoading" : "card.loading")}
      </p>
      {state.fields === "failed" && (
        <Notice tone="warn" title={t("card.failed")} urgent>
          <p>{t("card.failedText")}</p>
          <Button kind="secondary" onClick={again}>
            {t("tryAgain")}
          </Button>
        </Notice>
      )}
    </>
  );
}
