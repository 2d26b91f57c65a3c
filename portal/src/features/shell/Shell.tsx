import type { ComponentChildren } from "preact";

import type { PracticeProfile } from "../../api/schema";
import type { AccountTools } from "../../app/practice";
import type { Route } from "../../app/router";
import { useWords } from "../../i18n";
import { Footer } from "./Footer";
import { Header } from "./Header";
import { LanguageSwitch, OtherLanguage } from "./LanguageSwitch";

interface Props {
  profile: PracticeProfile | null;
  route?: Route;
  /** That of who is signed in. */
  account?: AccountTools | null;
  /** What the practice is, is for those who come from outside; who is signed in knows. */
  about?: boolean;
  /** In the place of the tabs of who is signed in. */
  nav?: ComponentChildren;
  /** In the footer's place. */
  footer?: ComponentChildren;
  children: ComponentChildren;
}

/** What surrounds every page: the practice's name above, how to reach it below. */
export function Shell({ profile, route, account = null, about = false, nav, footer, children }: Props) {
  const { t } = useWords();
  return (
    <>
      <a class="skip-link" href="#main" onClick={skipToMain}>
        {t("skip")}
      </a>
      {profile ? <Header profile={profile} route={route} account={account} about={about} nav={nav} /> : <BareHeader />}
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      {profile && (footer ?? <Footer profile={profile} />)}
    </>
  );
}

/** While the practice is not known: only the language can be chosen. As high as the header that comes. */
function BareHeader() {
  return (
    <header class="header">
      <div class="header__row">
        <span class="brand" />
        <OtherLanguage />
        <LanguageSwitch />
      </div>
      <div class="header__tabs" />
    </header>
  );
}

function skipToMain(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
