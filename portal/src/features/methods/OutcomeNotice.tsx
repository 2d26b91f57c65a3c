import type { Methods, SetUp } from "../../api/schema";
import { useWords, type Key } from "../../i18n";
import { Notice, type Tone } from "../../ui/Notice";

const TONES: Record<SetUp["state"], Tone> = { saved: "good", waiting: "wait", started: "wait", ended: "info" };

export function outcomeKey({ state, replaced }: SetUp): Key {
  return state === "saved" && replaced ? "methods.outcome.replaced" : `methods.outcome.${state}`;
}

/** What has become of adding one; what was saved is named. */
export function OutcomeNotice({ setUp, methods }: { setUp: SetUp; methods: Methods | null }) {
  const { t } = useWords();
  const saved = methods?.methods.find(({ id }) => id === setUp.method_id);
  return (
    <Notice tone={TONES[setUp.state]} title={t(outcomeKey(setUp))}>
      {saved && <p>{saved.name}</p>}
    </Notice>
  );
}
