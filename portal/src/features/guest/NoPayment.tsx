import { usePractice } from "../../app/practice";
import { pathTo } from "../../app/router";
import { useWords } from "../../i18n";
import { Link } from "../../ui/Link";
import { PageTitle } from "../../ui/PageTitle";

/** The address is of no payment, or it was never begun. */
export function NoPayment() {
  const { t } = useWords();
  const practice = usePractice();
  return (
    <div class="page page--narrow">
      <PageTitle tab={t("result.tab")}>{t("guest.noPayment")}</PageTitle>
      <p class="lead">{t("guest.noPaymentText")}</p>
      <p>
        <Link href={pathTo(practice.id, "pay-online")} class="button button--primary">
          {t("guest.back")}
        </Link>
      </p>
    </div>
  );
}
