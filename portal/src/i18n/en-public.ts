/** English, as it is said on the pages that are there for anyone; otherwise as en.ts. */
export const enPublic = {
  "public.title": "Pay Your Bill Online",
  "public.nav": "The practice",
  "public.home": "Home Page",
  "public.staff": "Professional Staff",
  "public.locations": "Office Locations",
  "public.contact": "Contact Us",
  "public.fees": "The practice pays all processing fees: what you pay is credited to the account in full, and nothing is added.",
  "public.account": "Do you have an account?",
  "public.accountText": "Sign in to see what you owe and why, to pay it, and to find your documents.",
  "public.signIn": "Sign in",
  "public.noOnline": "Takes no online payments: please ask how to pay.",
  "public.description": "{practice}: pay your bill online, with no fees added. Professional staff, office locations and how to reach the practice.",
  "public.notices": "Notices",
  "public.notice.privacy_practices": "Notice of Privacy Practices",
  "public.notice.nondiscrimination": "Notice of Nondiscrimination",
  "public.updated": "Page last updated {date}",
} as const;
