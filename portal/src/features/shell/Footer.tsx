import type { ComponentChildren } from "preact";

import type { PracticeProfile } from "../../api/schema";
import { useWords } from "../../i18n";
import { calledIn, waysOf } from "../../lib/ways";
import { Contact } from "./Contact";

interface Props {
  profile: PracticeProfile;
  /** What its sections are called, where other words lead to them. */
  titles?: { contact: string; locations: string };
  children?: ComponentChildren;
}

export function Footer({ profile, titles, children }: Props) {
  const { t } = useWords();
  return (
    <footer class="footer">
      <div class="footer__columns">
        <section id="contact" aria-labelledby="contact-title">
          <h2 id="contact-title">{titles?.contact ?? t("footer.contact")}</h2>
          <p>{t("footer.contactText")}</p>
          <Contact profile={profile} />
        </section>
        {profile.locations.length > 0 && (
          <section id="locations" aria-labelledby="locations-title">
            <h2 id="locations-title">{titles?.locations ?? t("footer.locations")}</h2>
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
      <div class="footer__small">
        <p>{t(calledIn(waysOf(profile.payments.ways)).footer)}</p>
        {children}
      </div>
    </footer>
  );
}
