import type { PracticeProfile } from "../../api/schema";
import { useWords } from "../../i18n";

export function Footer({ profile }: { profile: PracticeProfile }) {
  const { t } = useWords();
  return (
    <footer class="footer">
      <div class="footer__columns">
        <section aria-labelledby="contact-title">
          <h2 id="contact-title">{t("footer.contact")}</h2>
          <p>{t("footer.contactText")}</p>
          <ul class="plain-list">
            {profile.phone && <li><a href={`tel:${profile.phone.replace(/[^+\d]/g, "")}`}>{profile.phone}</a></li>}
            {profile.email && <li><a href={`mailto:${profile.email}`}>{profile.email}</a></li>}
            {profile.website && <li><a href={profile.website} rel="noreferrer">{profile.website.replace(/^https?:\/\//, "")}</a></li>}
          </ul>
        </section>
        {profile.locations.length > 0 && (
          <section aria-labelledby="locations-title">
            <h2 id="locations-title">{t("footer.locations")}</h2>
            <ul class="plain-list">
              {profile.locations.map((location) => (
                <li key={location.id}>
                  <strong>{location.name}</strong>
                  <br />
                  {location.address}
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
      <p class="footer__small">{t(profile.payments.bank_debits ? "footer.any" : "footer.cards")}</p>
    </footer>
  );
}
