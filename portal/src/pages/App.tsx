import { useEffect } from "preact/hooks";

import { ApiContext, useApi, useNewApi } from "../app/api";
import { PracticeContext } from "../app/practice";
import { parseRoute, usePlace, type Route } from "../app/router";
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
import { clientPages } from "./parts";
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
  return <AtPractice key={practice} practice={practice} route={route} />;
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
  const api = useApi();
  const { data: profile, error, reload } = useLoad(practice, (signal) => api.getPractice(practice, signal));
  const { state } = useSession();
  const { offerLocale } = useWords();
  useEffect(() => {
    if (profile) offerLocale(profile.locale);
  }, [profile]);
  // Header and page come at once, so that nothing moves when the second answer is there.
  if (!profile || state.status === "loading") {
    return (
      <Shell profile={null}>
        {!error && <PageSkeleton />}
        {error && (error.problem.status === 404 ? <NotFound home="/" /> : <Trouble error={error} retry={reload} />)}
      </Shell>
    );
  }
  return (
    <PracticeContext.Provider value={profile}>
      <PracticePages route={route} />
    </PracticeContext.Provider>
  );
}
