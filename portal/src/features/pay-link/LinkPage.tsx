import { useEffect, useState } from "preact/hooks";

import type { LinkOpened } from "../../api/schema";
import { usePractice } from "../../app/practice";
import { usePlace } from "../../app/router";
import { useWords } from "../../i18n";
import "../../i18n/pages";
import { Notice } from "../../ui/Notice";
import { PageTitle } from "../../ui/PageTitle";
import { FactorStep } from "./FactorStep";
import { hideLinkFragment, linkFragment } from "./fragment";
import { LinkPaying } from "./LinkPaying";
import { LinkReturn } from "./LinkReturn";
import { WaysOn } from "./WaysOn";

/**
 * Where the link on a bill leads (T4): no account, and no cookie. Opening it asks the API nothing; what it shows is in
 * the page's memory alone, and gone with it.
 */
export function LinkPage() {
  const query = new URLSearchParams(usePlace().search);
  const result = query.get("result");
  return result ? <LinkReturn token={result} /> : <FromPaper />;
}

function FromPaper() {
  const practice = usePractice();
  const [link, setLink] = useState(() => linkFragment(practice.id));
  const [opened, setOpened] = useState<LinkOpened | null>(null);
  const [over, setOver] = useState(false);
  useEffect(() => {
    hideLinkFragment(practice.id);
    const another = (): void => {
      const next = linkFragment(practice.id);
      if (!hideLinkFragment(practice.id)) return;
      setLink(next);
      setOpened(null);
      setOver(false);
    };
    window.addEventListener("hashchange", another);
    return () => window.removeEventListener("hashchange", another);
  }, []);
  if (!link.token) return <NoToken />;
  if (opened) {
    const ended = (): void => {
      setOpened(null);
      setOver(true);
    };
    return <LinkPaying key={opened.token} opened={opened} onOver={ended} />;
  }
  return <FactorStep key={link.token} link={link} over={over} onOpened={setOpened} />;
}

function NoToken() {
  const { t } = useWords();
  return (
    <div class="page page--narrow sign-in">
      <PageTitle tab={t("payLink.tab")}>{t("payLink.title")}</PageTitle>
      <Notice tone="warn" title={t("payLink.noToken")}>
        <p>{t("payLink.noTokenText")}</p>
      </Notice>
      <WaysOn number="" first />
    </div>
  );
}
