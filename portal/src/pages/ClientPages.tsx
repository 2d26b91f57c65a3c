import { useEffect } from "preact/hooks";

import type { AccountTools } from "../app/practice";
import { navigate, pathTo, type Route } from "../app/router";
import { BillingPage } from "../features/billing/BillingPage";
import { DocumentsPage } from "../features/documents/DocumentsPage";
import { InvoicePage } from "../features/invoice/InvoicePage";
import { MethodsPage } from "../features/methods/MethodsPage";
import { PayPage } from "../features/pay/PayPage";
import { PaymentsPage } from "../features/payments/PaymentsPage";
import { QuestionsPage } from "../features/questions/QuestionsPage";
import { ReturnPage } from "../features/result/ReturnPage";
import { SuperbillPage } from "../features/superbill/SuperbillPage";
import { IdleWarning } from "../features/shell/IdleWarning";
import "../i18n/pages";

interface Props {
  name: Route["name"];
  practice: string;
  account: AccountTools;
}

/** The pages of somebody who is signed in, who is warned before that ends: no other page shows anything of theirs. */
export function ClientPages(props: Props) {
  return (
    <>
      <PageOf {...props} />
      <IdleWarning />
    </>
  );
}

function PageOf({ name, practice, account }: Props) {
  const key = account.grant.account_id;
  switch (name) {
    case "billing":
      return <BillingPage key={key} account={account} />;
    case "pay":
      return <PayPage key={key} account={account} />;
    case "payments":
      return <PaymentsPage key={key} account={account} />;
    case "payment-methods":
      return <MethodsPage account={account} />;
    case "documents":
      return <DocumentsPage key={key} account={account} />;
    case "invoice":
      return <InvoicePage key={key} account={account} />;
    case "questions":
      return <QuestionsPage key={key} account={account} />;
    case "superbill":
      return <SuperbillPage key={key} account={account} />;
    case "return":
      return <ReturnPage account={account} />;
    default:
      return <ToBilling practice={practice} />;
  }
}

function ToBilling({ practice }: { practice: string }) {
  useEffect(() => navigate(pathTo(practice, "billing"), { replace: true }), [practice]);
  return null;
}
