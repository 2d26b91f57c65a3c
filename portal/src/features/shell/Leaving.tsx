import { useEffect, useRef } from "preact/hooks";

import type { ApiError } from "../../api/client";
import { useSession } from "../../app/session";
import { useWords } from "../../i18n";
import { useAnnounce } from "../../ui/Announcer";
import { Button } from "../../ui/Button";
import { PageTitle } from "../../ui/PageTitle";
import { ProblemNotice } from "../../ui/ProblemNotice";

/**
 * Covers the pages of who signs out. That it did not work is said: somebody else may use this browser next. The notice
 * stays while it is tried again, and so does the focus on its button; what it says is then said anew.
 */
export function Leaving({ error, busy }: { error: ApiError | null; busy: boolean }) {
  const { t } = useWords();
  const { leave, refresh } = useSession();
  const announce = useAnnounce();
  const before = useRef(error);
  useEffect(() => {
    if (before.current && error !== before.current) announce(t("signOut.failed"));
    before.current = error;
  }, [error]);
  return (
    <div class="page page--narrow sign-out">
      <PageTitle tab={t("nav.signOut")}>{t(error ? "nav.signOut" : "signOut.busy")}</PageTitle>
      {error && (
        <>
          <ProblemNotice
            error={error}
            title={t("signOut.failed")}
            action={{ label: t("signOut.again"), run: () => void leave(), busy }}
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
