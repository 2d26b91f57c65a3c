import { useEffect, useRef, useState } from "preact/hooks";

import type { PracticeProfile } from "../../api/schema";
import type { AccountTools } from "../../app/practice";
import { usePlace } from "../../app/router";
import { useSession } from "../../app/session";
import { useWords } from "../../i18n";
import { Icon } from "../../ui/Icon";
import { Link } from "../../ui/Link";
import { isFocusKept } from "../../ui/keep-focus";
import { AccountSwitch } from "./AccountSwitch";
import { Contact } from "./Contact";
import { LanguageSwitch } from "./LanguageSwitch";

/** What is not a page: whose account, the language, how to reach the practice, the way out. Laid open on a wide screen. */
export function Menu({ profile, account }: { profile: PracticeProfile; account: AccountTools }) {
  const { t } = useWords();
  const { leave } = useSession();
  const { open, setOpen, close, box, button } = useMenu();
  // Whatever comes of it is said on the page, which the menu would cover.
  const signOut = (): void => {
    if (open) close();
    void leave();
  };
  return (
    <div class="menu" ref={box}>
      <button
        type="button"
        ref={button}
        class="icon-button menu__button"
        aria-expanded={open}
        aria-controls="menu"
        aria-label={t("nav.menu")}
        onClick={() => setOpen(!open)}
      >
        <Icon name={open ? "close" : "menu"} />
      </button>
      <div id="menu" class="menu__panel" data-open={open || undefined}>
        {account.grants.length > 1 && <AccountSwitch account={account} />}
        <LanguageSwitch />
        {profile.payments.saving && <Link href={account.path("payment-methods")}>{t("nav.methods")}</Link>}
        <div class="menu__contact">
          <p class="menu__title">{t("footer.contact")}</p>
          <Contact profile={profile} />
        </div>
        <button type="button" class="link-button" onClick={signOut}>
          {t("nav.signOut")}
        </button>
      </div>
    </div>
  );
}

/** Closed by Esc, which gives the focus back, by a press elsewhere, and by going to another page, but by a choice in it that goes on. */
function useMenu() {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const { pathname, search } = usePlace();
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  useEffect(() => {
    if (!isFocusKept()) setOpen(false);
  }, [pathname, search]);
  useEffect(() => {
    if (!open) return;
    const key = (event: KeyboardEvent): void => void (event.key === "Escape" && close());
    const elsewhere = (event: Event): void => void (box.current?.contains(event.target as Node) || setOpen(false));
    document.addEventListener("keydown", key);
    document.addEventListener("pointerdown", elsewhere);
    document.addEventListener("focusin", elsewhere);
    return () => {
      document.removeEventListener("keydown", key);
      document.removeEventListener("pointerdown", elsewhere);
      document.removeEventListener("focusin", elsewhere);
    };
  }, [open]);
  return { open, setOpen, close, box, button };
}
