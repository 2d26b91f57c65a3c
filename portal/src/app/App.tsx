import { useEffect } from "preact/hooks";

import { getPractice } from "../api/calls";
import { Shell } from "../features/shell/Shell";
import { NotFound, Trouble } from "../features/shell/NotFound";
import { RootPage } from "../features/shell/RootPage";
import { useWords, WordsProvider } from "../i18n";
import { useLoad } from "../lib/use-load";
import { AnnouncerProvider } from "../ui/Announcer";
import { PageSkeleton } from "../ui/Skeleton";
import { PracticePages } from "./PracticePages";
import { PracticeContext } from "./practice";
import { parseRoute, usePlace, type Route } from "./router";
import { SessionProvider, useSession } from "./session";

export function App() {
  return (
    <WordsProvider>
      <AnnouncerProvider>
        <Router />
      </AnnouncerProvider>
    </WordsProvider>
  );
}

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
    <SessionProvider practice={practice}>
      <WithProfile practice={practice} route={route} />
    </SessionProvider>
  );
}

function WithProfile({ practice, route }: { practice: string; route: Route }) {
  const { data: profile, error, reload } = useLoad(practice, (signal) => getPractice(practice, signal));
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
