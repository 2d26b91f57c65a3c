import { usePractice } from "../app/practice";
import type { PublicRoute } from "../app/router";
import { Shell } from "../features/shell/Shell";
import { PayOnlinePage } from "../features/public/PayOnlinePage";
import { PublicFooter } from "../features/public/PublicFooter";
import { PublicNav } from "../features/public/PublicNav";
import "../i18n/public";

/** The practice's page for anyone. */
export function PublicPages({ route }: { route: PublicRoute }) {
  const profile = usePractice();
  return (
    <Shell profile={profile} route={route} about nav={<PublicNav profile={profile} />} footer={<PublicFooter profile={profile} />}>
      <PayOnlinePage />
    </Shell>
  );
}
