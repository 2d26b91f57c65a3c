import { useEffect, useRef, useState } from "preact/hooks";

import { ApiError } from "../../api/client";
import type { GuestQuote, Guests, GuestWayName } from "../../api/schema";
import { useApi } from "../../app/api";
import { usePractice } from "../../app/practice";
import { here, navigate, pathTo, setState as setPlaceState, usePlace } from "../../app/router";
import { useWords } from "../../i18n";
import { Link } from "../../ui/Link";
import { PageTitle } from "../../ui/PageTitle";
import { Skeleton } from "../../ui/Skeleton";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { noticeOf } from "../pay/card-notice";
import { GuestForm, type Refused } from "./GuestForm";
import { GuestReview } from "./GuestReview";
import { keep, keptOf, type Attempt } from "./kept";
import { start } from "./starting";
import { fieldsOf, firstTyped, type Typed } from "./typed";

/** G4 to G16: anyone pays, and nobody is asked to sign in. */
export function GuestPage() {
  const { t } = useWords();
  const practice = usePractice();
  const { search } = usePlace();
  const { guests } = practice;
  const way = wayIn(guests, new URLSearchParams(search).get("way"));
  if (way) return <ByWay key={way} way={way} guests={guests} />;
  return (
    <div class="page page--narrow">
      <PageTitle tab={t("pay.tab")}>{t("public.off")}</PageTitle>
      <p class="lead">{t("public.offText")}</p>
      <p>
        <Link href={pathTo(practice.id, "pay-online")} class="button button--secondary">
          {t("guest.back")}
        </Link>
      </p>
    </div>
  );
}

/** The one that is asked for, or the first that there is; null where guests cannot pay. */
function wayIn(guests: Guests, asked: string | null): GuestWayName | null {
  const ways = guests.enabled ? guests.ways.map(({ way }) => way).filter((way) => way !== "bank") : [];
  return ways.find((way) => way === asked) ?? ways[0] ?? null;
}

/** Who is on the page after that long did not get to the processor's, or has stopped on the way. */
const STILL_HERE_MS = 15_000;

interface Step {
  step?: "review";
  /** Its payer comes back from having let a payment go. */
  canceled?: boolean;
}

/** Kept in the history entry, so that Back leads to the form, and a reload stays. What was typed is not kept there. */
function ByWay({ way, guests }: { way: GuestWayName; guests: Guests }) {
  const { t } = useWords();
  const practice = usePractice();
  const api = useApi();
  const place = usePlace();
  const [canceled, setCanceled] = useState(() => Boolean((place.state as Step | null)?.canceled));
  const reviews = (place.state as Step | null)?.step === "review";
  const [kept] = useState(() => keptOf(practice.id));
  const number = new URLSearchParams(place.search).get("number") ?? "";
  const [typed, setTyped] = useState<Typed>(() => withNumber(kept?.typed ?? firstTyped(guests, number), number));
  const attempt = useRef<Attempt | null>(kept?.attempt ?? null);
  const [amountMinor, setAmountMinor] = useState<number | null>(kept?.amountMinor ?? null);
  const [quote, setQuote] = useState<GuestQuote | null>(null);
  const [changed, setChanged] = useState(false);
  const [refused, setRefused] = useState<Refused | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState<"asking" | "working" | null>(null);
  const [notice, setNotice] = useState(() => noticeOf(way === "card" && guests.card_notice ? { ...guests.card_notice, given: false } : null, null));
  useEffect(() => keep(practice.id, { typed, amountMinor, attempt: attempt.current }), [typed, amountMinor]);
  useRestored(() => setBusy(null));
  useEffect(() => void (canceled && setPlaceState(null)), []); // said once, and not after a reload

  /** What was quoted is not what is typed now. */
  const change = (next: Typed): void => {
    if (next.amount !== typed.amount) setAmountMinor(null);
    setTyped(next);
    setQuote(null);
  };
  const toForm = (): void => {
    setQuote(null);
    setPlaceState(null);
  };
  const ask = async (minor: number): Promise<void> => {
    setBusy("asking");
    setError(null);
    setRefused(null);
    setCanceled(false);
    try {
      setQuote(await api.quoteGuest(practice.id, fieldsOf(way, typed, minor)));
      setChanged(false);
      if (!reviews) navigate(here().pathname + here().search, { state: { step: "review" } satisfies Step });
    } catch (caught) {
      if (!(caught instanceof ApiError)) throw caught;
      refuse(caught);
    } finally {
      setBusy(null);
    }
  };
  /** What is wrong with a field is said at the field. */
  const refuse = (caught: ApiError): void => {
    const { field } = caught.problem;
    if (field && field !== "way") {
      const text = field === "phone" && caught.code === "field_invalid" ? t("guest.missing.phone") : caught.problem.detail || caught.problem.title;
      setRefused({ field: field === "amount_minor" ? "amount" : field, text });
      if (reviews) toForm();
    } else setError(caught);
  };
  const pay = async (agreed: GuestQuote): Promise<void> => {
    setBusy("asking");
    setError(null);
    const saved = (next: Attempt | null): void => keep(practice.id, { typed, amountMinor, attempt: (attempt.current = next) });
    const ports = { api, practice: practice.id, attempt: attempt.current, keep: saved, working: () => setBusy("working") };
    const begun = await start(ports, fieldsOf(way, typed, agreed.amount_minor), agreed, notice?.version ?? null);
    if (begun.at === "leaving") {
      setTimeout(() => setBusy(null), STILL_HERE_MS);
      return location.assign(begun.url);
    }
    setBusy(null);
    if (begun.at === "payment") return navigate(`/${practice.id}/guest/${begun.key}`, { state: { fresh: true } });
    if (begun.at === "changed") {
      setQuote(begun.quote);
      setChanged(true);
    } else refuse(begun.error);
  };
  useEffect(() => {
    // A reload has what was typed, and asks anew what would be charged.
    if (!reviews || quote) return;
    if (amountMinor === null) toForm();
    else void ask(amountMinor);
  }, [reviews]);

  if (!reviews) {
    return (
      <GuestForm
        way={way}
        guests={guests}
        typed={typed}
        setTyped={change}
        busy={busy !== null}
        refused={refused}
        error={error}
        canceled={canceled}
        next={(minor) => {
          setAmountMinor(minor);
          void ask(minor);
        }}
      />
    );
  }
  if (!quote) {
    return (
      <div class="page page--narrow">
        <PageTitle tab={t("pay.tab")}>{t("pay.reviewTitle")}</PageTitle>
        {error ? <ProblemNotice error={error} action={{ label: t("tryAgain"), run: () => void ask(amountMinor!) }} /> : <Skeleton shapes={["card"]} />}
      </div>
    );
  }
  return (
    <GuestReview
      quote={quote}
      changed={changed}
      notice={notice}
      setNotice={setNotice}
      busy={busy}
      error={error}
      pay={() => void pay(quote)}
      change={() => history.back()}
    />
  );
}

/** A pay link's number comes before one that was typed for another bill. */
function withNumber(typed: Typed, number: string): Typed {
  return number ? { ...typed, number } : typed;
}

/** Back from the processor's page this one may come out of the browser's memory as it was left. */
function useRestored(restored: () => void): void {
  const now = useRef(restored);
  now.current = restored;
  useEffect(() => {
    const shown = (event: PageTransitionEvent): void => void (event.persisted && now.current());
    window.addEventListener("pageshow", shown);
    return () => window.removeEventListener("pageshow", shown);
  }, []);
}
