import { useAccount, usePractice } from "../app/practice";
import { pathTo, usePlace, type Route } from "../app/router";
import { useSession } from "../app/session";
import { Leaving } from "../features/shell/Leaving";
import { NotFound, Trouble } from "../features/shell/NotFound";
import { Shell } from "../features/shell/Shell";
import { LinkSignInPage } from "../features/signin/LinkSignInPage";
import { SignInPage } from "../features/signin/SignInPage";
import { PageSkeleton } from "../ui/Skeleton";
import { claimedPage, clientPages, linkPage, receiptPage } from "./parts";

export function PracticePages({ route }: { route: Route }) {
  const profile = usePractice();
  const { state } = useSession();
  return (
    <Shell profile={profile} route={route} account={useAccount()} about={state.status === "out"}>
      <PageOf route={route} practice={profile.id} />
    </Shell>
  );
}

function PageOf({ route, practice }: { route: Route; practice: string }) {
  // A second link, opened over the first, loads no page anew: what was said of the first is not said of it.
  const { hash, search } = usePlace();
  const { state } = useSession();
  if (state.status === "leaving") return <Leaving error={state.error} busy={state.busy} />;
  switch (route.name) {
    case "receipt":
      return <receiptPage.Page key={hash} />;
    case "pay-link":
      return <linkPage.Page key={search} />;
    case "sign-in":
      return <LinkSignInPage key={hash} />;
    case "root":
    case "not-found":
      return <NotFound home={pathTo(practice, "home")} />;
    default:
      return <ForClients name={route.name} practice={practice} />;
  }
}

/** A page for signed-in clients. Anyone else sees the sign-in form at the same address, and comes back to it. */
function ForClients({ name, practice }: { name: Route["name"]; practice: string }) {
  const { state, refresh } = useSession();
  const account = useAccount();
  if (state.status === "loading") return <PageSkeleton />;
  if (state.status === "trouble") return <Trouble error={state.error} retry={() => void refresh()} />;
  if (state.status === "out") return <SignInPage reason={state.reason} guest={name === "guest-payments"} />;
  // Who has paid without an account, and nothing else, has no other page.
  if (state.status === "in" && (name === "guest-payments" || (!account && state.session.guest_payments))) {
    return <claimedPage.Page key={state.session.email} />;
  }
  if (state.status !== "in" || !account) return <NotFound home={pathTo(practice, "home")} />;
  if (account.foreign) return <NotFound home={account.path("billing")} />;
  // Another person's pages begin anew, also those of an account that both may see.
  return <clientPages.Page key={state.session.email} name={name} practice={practice} account={account} />;
}
