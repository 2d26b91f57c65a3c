import { useSession } from "../../app/session";
import { useWords } from "../../i18n";
import { ProblemNotice } from "../../ui/ProblemNotice";

/** Signing out did not work: said, since somebody else may use this browser next. */
export function SignOutProblem() {
  const { t } = useWords();
  const { leave, leaving } = useSession();
  if (!leaving.error) return null;
  return (
    <div class="sign-out-problem">
      <ProblemNotice
        error={leaving.error}
        title={t("signOut.failed")}
        action={{ label: t("signOut.again"), run: () => void leave(), busy: leaving.busy }}
      >
        <p>{t("signOut.failedText")}</p>
      </ProblemNotice>
    </div>
  );
}
