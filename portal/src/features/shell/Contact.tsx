import type { PracticeProfile } from "../../api/schema";

/** However the practice can be reached: it may have given all three, or any one. */
export function contactLinks({ phone, email, website }: PracticeProfile): { href: string; text: string }[] {
  return [
    ...(phone ? [{ href: `tel:${phone.replace(/[^+\d]/g, "")}`, text: phone }] : []),
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
