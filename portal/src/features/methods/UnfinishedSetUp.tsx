import type { SetUp } from "../../api/schema";
import { useWords } from "../../i18n";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { askingOf, begun, type AddMove } from "./adding";

/** Left half-way: go on with the same one, or let it go. */
export function UnfinishedSetUp({ setUp, begin }: { setUp: SetUp; begin: (first: AddMove) => void }) {
  const { t } = useWords();
  return (
    <Notice tone="wait" title={t(`methods.unfinished.${setUp.way}`)}>
      <div class="actions">
        {setUp.next && (
          <Button kind="secondary" onClick={() => begin(begun(setUp))}>
            {t("methods.goOn")}
          </Button>
        )}
        <Button kind="quiet" onClick={() => begin({ state: askingOf(setUp, true), effects: [{ do: "cancel", id: setUp.id }] })}>
          {t("attempt.cancel")}
        </Button>
      </div>
    </Notice>
  );
}
