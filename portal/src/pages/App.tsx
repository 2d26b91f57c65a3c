import { useEffect } from "preact/hooks";

import { ApiContext, useApi, useNewApi } from "../app/api";
import { PracticeContext } from "../app/practice";
import { isForAnyone, parseRoute, usePlace, type PublicRoute, type Route } from "../app/router";
import { SessionProvider, useSession, type ClientSide } from "../app/session";
import { forgetIntent } from "../features/pay/intent";
import { forgetTyped } from "../features/pay/typed";
import { Shell } from "../features/shell/Shell";
import { NotFound, Trouble } from "../features/shell/NotFound";
import { RootPage } from "../features/shell/RootPage";
import { useWords, WordsProvider } from "../i18n";
import { useLoad } from "../lib/use-load";
import { AnnouncerProvider } from "../ui/Announcer";
import { PageSkeleton } from "../ui/Skeleton";
import { clientPages, guestPages, publicPages } from "./parts";
import { PracticePages } from "./PracticePages";

export function App() {
  return (
    <WordsProvider>
      <AnnouncerProvider>
        <WithApi />
      </AnnouncerProvider>
    </WordsProvider>
  );
}

function WithApi() {
  return (
    <ApiContext.Provider value={useNewApi()}>
      <Router />
    </ApiContext.Provider>
  );
}

const CLIENT_SIDE: ClientSide = {
  fetch: clientPages.fetch,
  forget: () => {
    forgetIntent();
    forgetTyped();
  },
};

function Router() {
  const route = parseRoute(usePlace().pathname);
  if (route.name === "root") return <RootPage />;
  const practice = route.practice;
  if (practice === null) {
    return (
      <Shell profile={null}>
        <NotFound home="/" />
      </Shell>
    );
  }
  if (isForAnyone(route)) return <ForAnyone key={practice} practice={practice} route={route} />;
  return <AtPractice key={practice} practice={practice} route={route} />;
}

/** G3: nobody is asked who they are, and no cookie is needed. */
function ForAnyone({ practice, route }: { practice: string; route: PublicRoute }) {
  const { profile, without } = useProfile(practice);
  const pages = route.name === "pay-online" ? publicPages : guestPages;
  useEffect(() => void pages.fetch().catch(() => undefined), [pages]);
  if (!profile) return without;
  return (
    <PracticeContext.Provider value={profile}>
      <pages.Page route={route} />
    </PracticeContext.Provider>
  );
}

/** Who is signed in is asked beside the practice's profile, not after it. */
function AtPractice({ practice, route }: { practice: string; route: Route }) {
  return (
    <SessionProvider practice={practice} pages={CLIENT_SIDE}>
      <WithProfile practice={practice} route={route} />
    </SessionProvider>
  );
}

function WithProfile({ practice, route }: { practice: string; route: Route }) {
  const { profile, without } = useProfile(practice);
  const { state } = useSession();
  // Header and page come at once, so that nothing moves when the second answer is there.
  if (!profile || state.status === "loading") return without;
  return (
    <PracticeContext.Provider value={profile}>
      <PracticePages route={route} />
    </PracticeContext.Provider>
  );
}

/** The practice's profile, and the page where there is none (yet). */
function useProfile(practice: string) {
  const api = useApi();
  const { data: profile, error, reload } = useLoad(practice, (signal) => api.getPractice(practice, signal));
  const { offerLocale } = useWords();
  useEffect(() => {
    if (profile) offerLocale(profile.locale);
  }, [profile]);
  const without = (
    <Shell profile={null}>
      {!error && <PageSkeleton />}
      {error && (error.problem.status === 404 ? <NotFound home="/" /> : <Trouble error={error} retry={reload} />)}
    </Shell>
  );
  return { profile, without };
}
