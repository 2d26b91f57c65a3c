import { useEffect, useState } from "preact/hooks";

import { ApiError } from "../../api/client";
import { useApi } from "../../app/api";
import { usePractice } from "../../app/practice";
import { navigate, pathTo } from "../../app/router";
import { useSession } from "../../app/session";
import { useWords } from "../../i18n";
import { Say } from "../../i18n/Say";
import { Button } from "../../ui/Button";
import { Link } from "../../ui/Link";
import { PageTitle } from "../../ui/PageTitle";
import { Trouble } from "../shell/NotFound";
import { CookiesBlocked } from "./CookiesBlocked";
import { SignInPage } from "./SignInPage";
import { SignInProblem } from "./SignInProblem";

/** Where the e-mailed link leads. Opening it does nothing: only the button uses the token. */
export function LinkSignInPage() {
  const { t } = useWords();
  const api = useApi();
  const practice = usePractice();
  const { state, signedIn } = useSession();
  const [token] = useState(() => location.hash.slice(1));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const [taken, setTaken] = useState(false);
  const [entering, setEntering] = useState(false);
  const home = pathTo(practice.id, "home");

  const enter = async (): Promise<void> => {
    setBusy(true);
    setEntering(state.status !== "in");
    setError(null);
    try {
      await api.signIn(practice.id, { token });
      await signedIn();
      setTaken(true);
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      setError(caught);
    } finally {
      setBusy(false);
    }
  };

  const done = state.status === "in" && (taken || !token);
  useEffect(() => {
    if (done) navigate(pathTo(practice.id, "billing"), { replace: true });
  }, [done]);
  if (done) return null;
  // The link is used: what is missing is only the answer to who is signed in now.
  if (taken && state.status === "trouble") return <Trouble error={state.error} retry={() => void signedIn()} />;
  if (error?.code === CODE_EXPIRED) return <LinkOver signedIn={state.status === "in"} home={home} />;
  if (!token) return <SignInPage reason={state.status === "out" ? state.reason : null} />;
  // By the code of the same e-mail, perhaps, which has used the link as well; or somebody else by a link of theirs.
  const already = state.status === "in" && !entering ? state.session.email : null;
  return (
    <div class="page page--narrow sign-in">
      <PageTitle tab={t("signIn.tab")}>{t("signIn.linkTitle")}</PageTitle>
      <p class="lead">
        {already ? <Say sentence="signIn.linkIn" parts={{ email: <bdi>{already}</bdi> }} /> : t("signIn.linkText", { practice: practice.name })}
      </p>
      {((taken && state.status === "out") || !navigator.cookieEnabled) && <CookiesBlocked />}
      {error && <SignInProblem error={error} />}
      <div class="card actions">
        {already && (
          <Link href={pathTo(practice.id, "billing")} class="button button--primary">
            {t("signIn.toBilling")}
          </Link>
        )}
        <Button kind={already ? "quiet" : "primary"} busy={busy} onClick={() => void enter()}>
          {t(already ? "signIn.withLink" : "signIn.enter")}
        </Button>
        {!already && (
          <Link href={home} class="button button--quiet">
            {t("signIn.useCode")}
          </Link>
        )}
      </div>
    </div>
  );
}

/** Used, replaced by a newer one, or too old: the API does not say which. */
const CODE_EXPIRED = "code_expired";

/** One thing to know, one thing to do. */
function LinkOver({ signedIn, home }: { signedIn: boolean; home: string }) {
  const { t } = useWords();
  return (
    <div class="page page--narrow sign-in" key="over">
      <PageTitle tab={t("signIn.tab")}>{t("signIn.linkOver")}</PageTitle>
      <p class="lead">{t(signedIn ? "signIn.linkOverIn" : "signIn.linkOverText")}</p>
      <p>
        <Link href={home} class="button button--primary">
          {t(signedIn ? "signIn.toBilling" : "signIn.again")}
        </Link>
      </p>
    </div>
  );
}
