import type { ComponentChildren } from "preact";

import type { PracticeProfile } from "../../api/schema";
import type { Route } from "../../app/router";
import { useWords } from "../../i18n";
import { Footer } from "./Footer";
import { Header } from "./Header";
import { LanguageSwitch, OtherLanguage } from "./LanguageSwitch";

interface Props {
  profile: PracticeProfile | null;
  route?: Route;
  children: ComponentChildren;
}

/** What surrounds every page: the practice's name above, how to reach it below. */
export function Shell({ profile, route, children }: Props) {
  const { t } = useWords();
  return (
    <>
      <a class="skip-link" href="#main" onClick={skipToMain}>
        {t("skip")}
      </a>
      {profile ? <Header profile={profile} route={route} /> : <BareHeader />}
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      {profile && <Footer profile={profile} />}
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
