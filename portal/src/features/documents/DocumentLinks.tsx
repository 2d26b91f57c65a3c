import { documentUrl } from "../../api/calls";
import { useWords } from "../../i18n";
import { Icon } from "../../ui/Icon";
import { NewTab } from "../../ui/NewTab";

interface Props {
  account: string;
  id: string;
  /** Which document it is, for who hears the links one by one. */
  which: string;
}

/** S6: two plain links to the same bytes: one to open or print, one to keep. */
export function DocumentLinks({ account, id, which }: Props) {
  const { t } = useWords();
  const of = <span class="visually-hidden"> {which}</span>;
  return (
    <span class="receipt-links">
      <a href={documentUrl(account, id, "inline")} target="_blank" rel="noreferrer">
        <Icon name="receipt" /> {t("receipt.open")}
        {of}
        <NewTab />
      </a>
      <a href={documentUrl(account, id, "attachment")}>
        <Icon name="download" /> {t("receipt.download")}
        {of}
      </a>
    </span>
  );
}
