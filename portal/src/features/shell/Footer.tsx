import type { PracticeProfile } from "../../api/schema";
import { useWords } from "../../i18n";
import { calledIn, waysOf } from "../../lib/ways";
import { Contact } from "./Contact";

export function Footer({ profile }: { profile: PracticeProfile }) {
  const { t } = useWords();
  return (
    <footer class="footer">
      <div class="footer__columns">
        <section aria-labelledby="contact-title">
          <h2 id="contact-title">{t("footer.contact")}</h2>
          <p>{t("footer.contactText")}</p>
          <Contact profile={profile} />
        </section>
        {profile.locations.length > 0 && (
          <section aria-labelledby="locations-title">
            <h2 id="locations-title">{t("footer.locations")}</h2>
            <ul class="plain-list" role="list">
              {profile.locations.map((location) => (
                <li key={location.id}>
                  <strong>
                    <bdi>{location.name}</bdi>
                  </strong>
                  <br />
                  <bdi>{location.address}</bdi>
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
      <p class="footer__small">{t(calledIn(waysOf(profile.payments.ways)).footer)}</p>
    </footer>
  );
}
