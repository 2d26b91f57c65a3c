import { usePractice } from "../app/practice";
import type { PublicRoute } from "../app/router";
import { Shell } from "../features/shell/Shell";
import { PayOnlinePage } from "../features/public/PayOnlinePage";
import { PublicFooter } from "../features/public/PublicFooter";
import { PublicNav } from "../features/public/PublicNav";
import "../i18n/public";

/** The pages that are there for anyone (G1 to G19). */
export function PublicPages({ route }: { route: PublicRoute }) {
  const profile = usePractice();
  return (
    <Shell profile={profile} route={route} about nav={<PublicNav profile={profile} />} footer={<PublicFooter profile={profile} />}>
      <PayOnlinePage />
    </Shell>
  );
}
