import type { ApiError } from "../../api/client";
import { useWords } from "../../i18n";
import { Notice } from "../../ui/Notice";
import { ProblemNotice } from "../../ui/ProblemNotice";

/** As ProblemNotice, but too many tries say how long to wait. */
export function SignInProblem({ error }: { error: ApiError }) {
  const { t, plural } = useWords();
  if (error.retryAfterSeconds === null) return <ProblemNotice error={error} />;
  const minutes = Math.ceil(error.retryAfterSeconds / 60);
  return (
    <Notice tone="wait" title={error.problem.title || t("signIn.slow")} urgent>
      <p>{plural("signIn.waitMinutes", minutes)}</p>
    </Notice>
  );
}
