import type { ApiError } from "../../api/client";
import { useWords } from "../../i18n";
import { Link } from "../../ui/Link";
import { PageTitle } from "../../ui/PageTitle";
import { ProblemNotice } from "../../ui/ProblemNotice";

export function NotFound({ home }: { home: string }) {
  const { t } = useWords();
  return (
    <div class="page page--narrow">
      <PageTitle tab={t("notFound.tab")}>{t("notFound.title")}</PageTitle>
      <p class="lead">{t("notFound.text")}</p>
      <p>
        <Link href={home} class="button button--primary">
          {t("notFound.home")}
        </Link>
      </p>
    </div>
  );
}

/** A whole page that could not be loaded. */
export function Trouble({ error, retry }: { error: ApiError; retry: () => void }) {
  const { t } = useWords();
  return (
    <div class="page page--narrow">
      <PageTitle tab={t("trouble.title")}>{t("trouble.title")}</PageTitle>
      <ProblemNotice error={error} action={{ label: t("tryAgain"), run: retry }} />
    </div>
  );
}
