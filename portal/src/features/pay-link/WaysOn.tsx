import { usePractice } from "../../app/practice";
import { pathTo } from "../../app/router";
import { useWords } from "../../i18n";
import { Link } from "../../ui/Link";

/** No link ends here: who holds a bill for somebody else pays as anyone may, and who has an account signs in. */
export function WaysOn({ number, first }: { number: string; first?: boolean }) {
  const { t } = useWords();
  const { id, guests } = usePractice();
  const way = guests.enabled ? (guests.ways.find((offer) => offer.way === "card") ?? guests.ways[0])?.way : undefined;
  const account = (
    <Link href={pathTo(id, "billing")} class={`button button--${first ? "primary" : "quiet"}`}>
      {t("payLink.signIn")}
    </Link>
  );
  return (
    <p class="actions">
      {first && account}
      {way && (
        <Link href={pathTo(id, "guest", { way, number: number || undefined })} class="button button--quiet">
          {t("payLink.asGuest")}
        </Link>
      )}
      {!first && account}
    </p>
  );
}
