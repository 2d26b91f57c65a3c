import type { PracticeProfile } from "../../api/schema";

const EXTENSION = /[\s,;]*(?:ext(?:ensi[oó]n)?\.?|x|#)\s*(\d+)\s*$/i;
/** Ten digits of the United States or Canada, perhaps with their country's 1. */
const NORTH_AMERICAN = /^1?([2-9]\d{9})$/;
const DIALS_1: readonly string[] = ["USD", "CAD"];

/** By RFC 3966: what stands behind "ext." is dialed once somebody has answered; 5550100 with the 4 of "ext. 4" is nobody. */
export function telLink(phone: string, currency: string): string {
  const extension = EXTENSION.exec(phone)?.[1];
  const digits = phone.replace(EXTENSION, "").replace(/(?!^)\+|[^+\d]/g, "");
  const national = DIALS_1.includes(currency) ? NORTH_AMERICAN.exec(digits)?.[1] : undefined;
  return `tel:${national ? `+1${national}` : digits}${extension ? `;ext=${extension}` : ""}`;
}

/** However the practice can be reached: it may have given all three, or any one. */
export function contactLinks({ phone, email, website, currency }: PracticeProfile): { href: string; text: string }[] {
  return [
    ...(phone ? [{ href: telLink(phone, currency), text: phone }] : []),
    ...(email ? [{ href: `mailto:${email.replace(/[^@]+/, encodeURIComponent)}`, text: email }] : []),
    ...(website ? [{ href: website, text: website.replace(/^https?:\/\//, "") }] : []),
  ];
}

export function Contact({ profile }: { profile: PracticeProfile }) {
  return (
    <ul class="plain-list" role="list">
      {contactLinks(profile).map(({ href, text }) => (
        <li key={href}>
          <a href={href} rel="noreferrer">
            <bdi>{text}</bdi>
          </a>
        </li>
      ))}
    </ul>
  );
}
