import { usePractice } from "../../app/practice";
import { pathTo } from "../../app/router";
import { useWords } from "../../i18n";
import { Link } from "../../ui/Link";
import { PageTitle } from "../../ui/PageTitle";
import { Blocks } from "./Blocks";
import { Notices } from "./Notices";
import { Questions } from "./Questions";
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
      {profile.guests.enabled && <p class="lead">{t("public.fees")}</p>}
      <Blocks profile={profile} />
      <section class="public__account" aria-labelledby="account-title">
        <h2 id="account-title">{t("public.account")}</h2>
        <p>
          {t("public.accountText")} {profile.guests.enabled && t("public.optional")}
        </p>
        <p>
          <Link href={pathTo(profile.id, "home")} class="button button--secondary">
            {t("public.signIn")}
          </Link>
        </p>
      </section>
      <Questions guests={profile.guests} />
      <Staff clinicians={profile.clinicians} />
      <Notices />
    </div>
  );
}
