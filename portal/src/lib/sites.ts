/** The addresses that our own notices name. No other text becomes a link: of what somebody typed nobody is led anywhere. */
const SITE = /((?:https:\/\/)?(?:ocrportal\.hhs|www\.cms|openpaymentsdata\.cms)\.gov(?![\w.-]*\w)(?:\/nosurprises\b)?)/;

/** The text in pieces; those at odd places are addresses, as written. */
export function aroundSites(text: string): string[] {
  return text.split(new RegExp(SITE, "g"));
}

export function hrefOf(site: string): string {
  return site.startsWith("https://") ? site : `https://${site}`;
}
