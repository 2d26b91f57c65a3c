import { useEffect } from "preact/hooks";

import { useApi } from "../../app/api";
import { navigate, pathTo } from "../../app/router";
import { useWords } from "../../i18n";
import { useLoad } from "../../lib/use-load";
import { PageTitle } from "../../ui/PageTitle";
import { PageSkeleton } from "../../ui/Skeleton";
import { Trouble } from "./NotFound";
import { Shell } from "./Shell";

/** `/` leads to the one practice of a small installation; elsewhere it asks for the practice's own address. */
export function RootPage() {
  const { t } = useWords();
  const api = useApi();
  const { data, error, reload } = useLoad("default", api.getDefaultPractice);
  const practice = data?.practice ?? null;
  useEffect(() => {
    if (practice) navigate(pathTo(practice, "home"), { replace: true });
  }, [practice]);
  return (
    <Shell profile={null}>
      {error && <Trouble error={error} retry={reload} />}
      {!error && (!data || practice) && <PageSkeleton />}
      {data && !practice && (
        <div class="page page--narrow">
          <PageTitle tab={t("root.title")}>{t("root.title")}</PageTitle>
          <p class="lead">{t("root.text")}</p>
        </div>
      )}
    </Shell>
  );
}
