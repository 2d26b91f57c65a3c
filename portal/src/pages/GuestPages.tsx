import { usePractice } from "../app/practice";
import type { PublicRoute } from "../app/router";
import { GuestPage } from "../features/guest/GuestPage";
import { GuestPaymentPage } from "../features/guest/GuestPaymentPage";
import { Shell } from "../features/shell/Shell";
import "../i18n/pages";
import "../i18n/public";

/** Paying without signing in (G4 to G16). */
export function GuestPages({ route }: { route: PublicRoute }) {
  return (
    <Shell profile={usePractice()} route={route}>
      {route.name === "guest-payment" ? <GuestPaymentPage inAddress={route.key} /> : <GuestPage />}
    </Shell>
  );
}
