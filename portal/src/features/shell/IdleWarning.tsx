import { useSession } from "../../app/session";
import { useWords } from "../../i18n";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ProblemNotice } from "../../ui/ProblemNotice";

/** Two minutes before an idle session ends (WCAG 2.2.1): one press keeps it. */
export function IdleWarning() {
  const { t, plural } = useWords();
  const { idle, leave } = useSession();
  if (idle.minutesLeft === null) return null;
  return (
    <Dialog title={t("idle.title")} describedBy="idle-left" urgent onClose={idle.stay}>
      <div class="dialog__body">
        <p id="idle-left" role="status">{plural("idle.left", idle.minutesLeft)}</p>
        <p>{t("idle.kept")}</p>
        {idle.failed && <ProblemNotice error={idle.failed} />}
        <div class="actions actions--end">
          <Button kind="quiet" onClick={() => void leave()}>
            {t("nav.signOut")}
          </Button>
          <Button autofocus onClick={idle.stay}>
            {t("idle.stay")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
