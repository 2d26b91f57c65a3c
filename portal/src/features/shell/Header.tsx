import type { PracticeProfile } from "../../api/schema";
import { useAccount } from "../../app/practice";
import { pathTo, type Route } from "../../app/router";
import { useSession } from "../../app/session";
import { useWords } from "../../i18n";
import { Link } from "../../ui/Link";
import { AccountSwitch } from "./AccountSwitch";
import { LanguageSwitch } from "./LanguageSwitch";

export function Header({ profile, route }: { profile: PracticeProfile; route: Route | undefined }) {
  const { t } = useWords();
  return (
    <header class="header">
      {profile.sandbox && (
        <p class="ribbon">
          <strong>{t("sandbox.name")}</strong> {t("sandbox.text")}
        </p>
      )}
      <div class="header__row">
        <Link href={pathTo(profile.id, "home")} class="brand">
          <span class="brand__mark" aria-hidden="true">
            {initials(profile.name)}
          </span>
          <span class="brand__text">
            <span class="brand__name">{profile.name}</span>
            <span class="brand__about">{profile.about}</span>
          </span>
        </Link>
        <LanguageSwitch />
      </div>
      <ClientBar route={route} />
    </header>
  );
}

/** Pages, account and sign-out: only for somebody who is signed in. */
function ClientBar({ route }: { route: Route | undefined }) {
  const { t } = useWords();
  const { state, leave, leaving } = useSession();
  const account = useAccount();
  if (state.status !== "in" || !account) return null;
  return (
    <div class="header__row header__row--bar">
      <nav aria-label={t("nav.label")}>
        <ul class="tabs">
          <li>
            <Link href={account.path("billing")} current={route?.name === "billing"}>
              {t("nav.billing")}
            </Link>
          </li>
          <li>
            <Link href={account.path("payments")} current={route?.name === "payments"}>
              {t("nav.payments")}
            </Link>
          </li>
          <li>
            <Link href={account.path("documents")} current={route?.name === "documents"}>
              {t("nav.documents")}
            </Link>
          </li>
        </ul>
      </nav>
      <div class="header__tools">
        {account.grants.length > 1 && <AccountSwitch account={account} />}
        <button type="button" class="link-button" aria-disabled={leaving.busy || undefined} onClick={() => void (leaving.busy || leave())}>
          {t("nav.signOut")}
        </button>
      </div>
    </div>
  );
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /^\p{L}/u.test(word));
  return words.slice(0, 2).map((word) => word[0]!.toUpperCase()).join("");
}
