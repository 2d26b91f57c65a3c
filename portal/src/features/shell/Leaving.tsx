import type { ApiError } from "../../api/client";
import { useSession } from "../../app/session";
import { useWords } from "../../i18n";
import { Button } from "../../ui/Button";
import { PageTitle } from "../../ui/PageTitle";
import { ProblemNotice } from "../../ui/ProblemNotice";

/** Covers the pages of who signs out. That it did not work is said: somebody else may use this browser next. */
export function Leaving({ error }: { error: ApiError | null }) {
  const { t } = useWords();
  const { leave, refresh } = useSession();
  return (
    <div class="page page--narrow sign-out">
      <PageTitle tab={t("nav.signOut")}>{t(error ? "nav.signOut" : "signOut.busy")}</PageTitle>
      {error && (
        <>
          <ProblemNotice
            error={error}
            title={t("signOut.failed")}
            action={{ label: t("signOut.again"), run: () => void leave() }}
          >
            <p>{t("signOut.failedText")}</p>
          </ProblemNotice>
          <Button kind="quiet" onClick={() => void refresh()}>
            {t("idle.stay")}
          </Button>
        </>
      )}
    </div>
  );
}
