import type { PracticeProfile } from "../../api/schema";
import { useWords } from "../../i18n";
import { Say } from "../../i18n/Say";
import { Day } from "../../ui/Day";
import { Footer } from "../shell/Footer";

/** G2, G19: where it is, how to reach it, and when what the practice says of itself last changed. */
export function PublicFooter({ profile }: { profile: PracticeProfile }) {
  const { t } = useWords();
  return (
    <Footer profile={profile} titles={{ contact: t("public.contact"), locations: t("public.locations") }}>
      {profile.updated_on && (
        <p>
          <Say sentence="public.updated" parts={{ date: <Day date={profile.updated_on} /> }} />
        </p>
      )}
    </Footer>
  );
}
