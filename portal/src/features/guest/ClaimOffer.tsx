import { useState } from "preact/hooks";

import { ApiError } from "../../api/client";
import { useApi } from "../../app/api";
import { usePractice } from "../../app/practice";
import { pathTo } from "../../app/router";
import { useWords } from "../../i18n";
import { Say } from "../../i18n/Say";
import { Button } from "../../ui/Button";
import { Link } from "../../ui/Link";
import { ProblemNotice } from "../../ui/ProblemNotice";

/** G14: pay first, then decide. Nothing is made of the address before the button is pressed. */
export function ClaimOffer({ paymentKey }: { paymentKey: string }) {
  const { t } = useWords();
  const api = useApi();
  const practice = usePractice();
  const [address, setAddress] = useState<string | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const claim = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      setAddress((await api.claimGuest(practice.id, paymentKey)).address);
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section class="card claim" aria-labelledby="claim-title">
      <h2 id="claim-title">{t("guest.claim")}</h2>
      <div role="status">
        {address ? <p><Say sentence="guest.claimed" parts={{ email: <bdi>{address}</bdi> }} /></p> : <p>{t("guest.claimText")}</p>}
      </div>
      {error && <ProblemNotice error={error} />}
      {address ? (
        <Link href={pathTo(practice.id, "guest-payments")} class="button button--primary">
          {t("guest.claimSignIn")}
        </Link>
      ) : (
        <Button kind="secondary" busy={busy} onClick={() => void claim()}>
          {t("guest.claimDo")}
        </Button>
      )}
    </section>
  );
}
