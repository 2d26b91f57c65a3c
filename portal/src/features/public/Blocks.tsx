import type { PracticeProfile } from "../../api/schema";
import { pathTo } from "../../app/router";
import { useWords } from "../../i18n";
import { Link } from "../../ui/Link";
import { Notice } from "../../ui/Notice";

type Guests = PracticeProfile["guests"];

const wayOf = (guests: Guests, way: string): Guests["ways"][number] | undefined => guests.ways.find((offer) => offer.way === way);

/** G5, G13: first who has a PayPal account, then who has none; each where the practice has that way. */
export function Blocks({ profile }: { profile: PracticeProfile }) {
  const { t } = useWords();
  const { guests, id } = profile;
  if (!guests.enabled) {
    return (
      <Notice tone="info" title={t("public.off")}>
        <p>{t("public.offText")}</p>
      </Notice>
    );
  }
  const card = wayOf(guests, "card");
  const paypal = wayOf(guests, "paypal");
  return (
    <div class="public__ways">
      {paypal && (
        <section class="card public__way" aria-labelledby="paypal-title">
          <h2 id="paypal-title">{t("public.paypal")}</h2>
          <p>{t("public.paypalText")}</p>
          <Link href={pathTo(id, "guest", { way: "paypal" })} class="button button--primary">
            {t("public.paypalButton")}
          </Link>
        </section>
      )}
      {card && (
        <section class="card public__way" aria-labelledby="card-title">
          <h2 id="card-title">{t(paypal ? "public.card" : "public.cardOnly")}</h2>
          <p>{t(card.processor === "paypal" ? "public.cardTextPaypal" : "public.cardText")}</p>
          {card.processor === "paypal" && <p>{t("public.cardAtPaypal")}</p>}
          <Link href={pathTo(id, "guest", { way: "card" })} class="button button--primary">
            {t("public.cardButton")}
          </Link>
        </section>
      )}
    </div>
  );
}
