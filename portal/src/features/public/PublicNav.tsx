import type { PracticeProfile } from "../../api/schema";
import { pathTo } from "../../app/router";
import { useWords } from "../../i18n";

/** G2: four links. Staff, places and how to reach the practice are on the public page itself, which is the home page of who has no other. */
export function PublicNav({ profile }: { profile: PracticeProfile }) {
  const { t } = useWords();
  const page = pathTo(profile.id, "pay-online");
  const links = [
    { href: profile.website || page, text: t("public.home") },
    { href: `${page}#staff`, text: t("public.staff") },
    ...(profile.locations.length > 0 ? [{ href: `${page}#locations`, text: t("public.locations") }] : []),
    { href: `${page}#contact`, text: t("public.contact") },
  ];
  return (
    <nav class="header__tabs" aria-label={t("public.nav")}>
      <ul class="tabs tabs--links" role="list">
        {links.map(({ href, text }) => (
          <li key={href}>
            <a href={href}>{text}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
