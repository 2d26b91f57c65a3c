import { useState } from "preact/hooks";

import { usePractice } from "../../app/practice";
import { here, pathTo, setState as setPlaceState, usePlace } from "../../app/router";
import type { OutReason } from "../../app/session";
import { useWords } from "../../i18n";
import { Link } from "../../ui/Link";
import { Notice } from "../../ui/Notice";
import { PageTitle } from "../../ui/PageTitle";
import { LawNotices } from "../shell/LawNotices";
import { CodeStep } from "./CodeStep";
import { CookiesBlocked } from "./CookiesBlocked";
import { EmailStep } from "./EmailStep";

/** Kept in the history entry, so that a reload still asks for the code. Never the address itself. */
interface AskedState {
  codeSent?: boolean;
}

/**
 * An e-mailed code instead of a password; shown wherever a page needs somebody to be signed in.
 * `guest`: to see what was paid without an account, by an address that the practice need not have on file.
 */
export function SignInPage({ reason, guest = false }: { reason: OutReason; guest?: boolean }) {
  const { t } = useWords();
  const practice = usePractice();
  const codeSent = Boolean((usePlace().state as AskedState | null)?.codeSent);
  const [email, setEmail] = useState("");
  const mark = (sent: boolean): void => setPlaceState({ ...(here().state as object | null), codeSent: sent });
  return (
    <div class="page page--narrow sign-in">
      <PageTitle tab={t("signIn.tab")}>{t("signIn.title")}</PageTitle>
      <p class="lead">{t("signIn.lead", { practice: practice.name })}</p>
      {reason && !codeSent && <Notice tone={reason === "expired" ? "wait" : "good"} title={t(`signIn.${reason}`)} urgent />}
      {!navigator.cookieEnabled && <CookiesBlocked />}
      <div class="card">
        {codeSent ? (
          <CodeStep email={email} startOver={() => mark(false)} />
        ) : (
          <EmailStep email={email} setEmail={setEmail} hint={t(guest ? "signIn.emailHintGuest" : "signIn.emailHint")} sent={() => mark(true)} />
        )}
      </div>
      {practice.guests?.enabled && (
        <p>
          <Link href={pathTo(practice.id, "pay-online")}>{t("signIn.guest")}</Link>
        </p>
      )}
      <LawNotices place="sign_in" />
    </div>
  );
}
