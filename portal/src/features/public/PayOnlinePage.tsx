import { usePractice } from "../../app/practice";
import { pathTo } from "../../app/router";
import { useWords } from "../../i18n";
import { Link } from "../../ui/Link";
import { PageTitle } from "../../ui/PageTitle";
import { Notices } from "./Notices";
import { Staff } from "./Staff";
import { useHead } from "./use-head";

/** G3: the practice's page for anyone; search engines may keep it. */
export function PayOnlinePage() {
  const { t } = useWords();
  const profile = usePractice();
  useHead(t("public.description", { practice: profile.name }), pathTo(profile.id, "pay-online"));
  return (
    <div class="page public">
      <PageTitle tab={t("public.title")} of={profile.name}>
        {t("public.title")}
      </PageTitle>
      <p class="lead">{t("public.fees")}</p>
      <section class="card public__account" aria-labelledby="account-title">
        <h2 id="account-title">{t("public.account")}</h2>
        <p>{t("public.accountText")}</p>
        <p>
          <Link href={pathTo(profile.id, "home")} class="button button--primary">
            {t("public.signIn")}
          </Link>
        </p>
      </section>
      <Staff clinicians={profile.clinicians} />
      <Notices />
    </div>
  );
}
