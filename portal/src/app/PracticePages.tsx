import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

import { BillingPage } from "../features/billing/BillingPage";
import { DocumentsPage } from "../features/documents/DocumentsPage";
import { PayPage } from "../features/pay/PayPage";
import { PaymentsPage } from "../features/payments/PaymentsPage";
import { ReceiptPage } from "../features/receipt/ReceiptPage";
import { ReturnPage } from "../features/result/ReturnPage";
import { IdleWarning } from "../features/shell/IdleWarning";
import { NotFound, Trouble } from "../features/shell/NotFound";
import { Shell } from "../features/shell/Shell";
import { LinkSignInPage } from "../features/signin/LinkSignInPage";
import { SignInPage } from "../features/signin/SignInPage";
import { Skeleton } from "../ui/Skeleton";
import { useAccount, usePractice, type AccountTools } from "./practice";
import { navigate, pathTo, type Route } from "./router";
import { useSession } from "./session";

export function PracticePages({ route }: { route: Route }) {
  const profile = usePractice();
  return (
    <Shell profile={profile} route={route}>
      <PageOf route={route} practice={profile.id} />
      <IdleWarning />
    </Shell>
  );
}

function PageOf({ route, practice }: { route: Route; practice: string }) {
  switch (route.name) {
    case "receipt":
      return <ReceiptPage />;
    case "sign-in":
      return <LinkSignInPage />;
    case "home":
      return <ForClients>{() => <ToBilling practice={practice} />}</ForClients>;
    case "billing":
      return <ForClients>{(account) => <BillingPage key={account.grant.account_id} account={account} />}</ForClients>;
    case "pay":
      return <ForClients>{(account) => <PayPage account={account} />}</ForClients>;
    case "payments":
      return <ForClients>{(account) => <PaymentsPage key={account.grant.account_id} account={account} />}</ForClients>;
    case "documents":
      return <ForClients>{(account) => <DocumentsPage key={account.grant.account_id} account={account} />}</ForClients>;
    case "return":
      return <ForClients>{(account) => <ReturnPage account={account} />}</ForClients>;
    default:
      return <NotFound home={pathTo(practice, "home")} />;
  }
}

/** A page for signed-in clients. Anyone else sees the sign-in form at the same address, and comes back to it. */
function ForClients({ children }: { children: (account: AccountTools) => ComponentChildren }) {
  const { state, refresh } = useSession();
  const practice = usePractice();
  const account = useAccount();
  if (state.status === "loading") return <Skeleton shapes={["title", "card", "row", "row", "row"]} />;
  if (state.status === "trouble") return <Trouble error={state.error} retry={() => void refresh()} />;
  if (state.status === "out") return <SignInPage reason={state.reason} />;
  if (!account) return <NotFound home={pathTo(practice.id, "home")} />;
  return <>{children(account)}</>;
}

function ToBilling({ practice }: { practice: string }) {
  useEffect(() => navigate(pathTo(practice, "billing"), { replace: true }), [practice]);
  return null;
}
