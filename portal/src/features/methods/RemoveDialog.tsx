import type { Method } from "../../api/schema";
import { useWords } from "../../i18n";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";

interface Props {
  method: Method;
  /** Which one becomes the default, where this one is it. */
  next: Method | null;
  busy: boolean;
  remove: () => void;
  close: () => void;
}

/** Asked first: at the processor it is gone for good. */
export function RemoveDialog({ method, next, busy, remove, close }: Props) {
  const { t } = useWords();
  return (
    <Dialog title={t("remove.title", { name: method.name })} describedBy="remove-what" onClose={close}>
      <div class="dialog__form dialog__scroll">
        <div id="remove-what">
          <p>{t("remove.text")}</p>
          {method.default && <p>{next ? t("remove.next", { name: next.name }) : t("remove.none")}</p>}
        </div>
        <div class="actions actions--end">
          <Button kind="quiet" autofocus onClick={close}>
            {t("remove.keep")}
          </Button>
          <Button busy={busy} onClick={remove}>
            {t("remove.do")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
