import type { ComponentChildren } from "preact";

import type { PracticeProfile } from "../../api/schema";
import type { AccountTools } from "../../app/practice";
import { pathTo, type Route } from "../../app/router";
import { useWords } from "../../i18n";
import { Link } from "../../ui/Link";
import { Name } from "../../ui/Name";
import { LanguageSwitch, OtherLanguage } from "./LanguageSwitch";
import { Menu } from "./Menu";

const TABS = ["billing", "payments", "documents"] as const;

interface Props {
  profile: PracticeProfile;
  route: Route | undefined;
  account: AccountTools | null;
  about: boolean;
  nav: ComponentChildren;
}

/** One line on a phone: the practice, the other language and the menu; the pages' tabs below. */
export function Header({ profile, route, account, about, nav }: Props) {
  const { t } = useWords();
  return (
    <header class="header">
      {profile.sandbox && (
        <p class="ribbon">
          <strong>{t("sandbox.name")}</strong> {t("sandbox.text")}
        </p>
      )}
      <div class="header__row">
        <Brand profile={profile} about={about} />
        <OtherLanguage />
        {account ? <Menu profile={profile} account={account} /> : <LanguageSwitch />}
      </div>
      {account ? <Tabs account={account} route={route} /> : nav}
    </header>
  );
}

function Brand({ profile, about }: { profile: PracticeProfile; about: boolean }) {
  const { locale } = useWords();
  const own = profile.about_in[locale];
  return (
    <Link href={pathTo(profile.id, "home")} class="brand">
      <span class="brand__mark" aria-hidden="true">
        {initials(profile.name)}
      </span>
      <span class="brand__text">
        <bdi class="brand__name">{profile.name}</bdi>
        {about && profile.about && (
          <span class="brand__about">
            <Name lang={own ? locale : profile.locale}>{own ?? profile.about}</Name>
          </span>
        )}
      </span>
    </Link>
  );
}

function Tabs({ account, route }: { account: AccountTools; route: Route | undefined }) {
  const { t } = useWords();
  return (
    <nav class="header__tabs" aria-label={t("nav.label")}>
      <ul class="tabs" role="list">
        {TABS.map((page) => (
          <li key={page}>
            <Link href={account.path(page)} current={route?.name === page || (page === "documents" && (route?.name === "invoice" || route?.name === "superbill"))}>
              {t(`nav.${page}`)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /^\p{L}/u.test(word));
  return words.slice(0, 2).map((word) => word[0]!.toUpperCase()).join("");
}
