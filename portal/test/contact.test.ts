import { expect, test } from "vitest";

import type { PracticeProfile } from "../src/api/schema";
import { contactLinks, telLink } from "../src/features/shell/Contact";

test("an e-mail address stays one address in its link, whatever letters it has", () => {
  const profile = { phone: "", email: "a?bcc=b&c%d#e+f@willow.example", website: "" } as PracticeProfile;
  const [link] = contactLinks(profile);
  expect(link).toEqual({ href: "mailto:a%3Fbcc%3Db%26c%25d%23e%2Bf@willow.example", text: profile.email });
});

test.each([
  ["(518) 555-0142", "USD", "tel:+15185550142"],
  ["1 518 555 0142", "USD", "tel:+15185550142"],
  ["+1 (518) 555-0142", "USD", "tel:+15185550142"],
  ["+44 20 7946 0018", "USD", "tel:+442079460018"],
  ["020 7946 0018", "GBP", "tel:02079460018"],
  ["98765 43210", "INR", "tel:9876543210"],
  ["555-0100", "USD", "tel:5550100"],
  ["555-0100 ext. 4", "USD", "tel:5550100;ext=4"],
  ["(518) 555-0100 ext. 4", "USD", "tel:+15185550100;ext=4"],
  ["518-555-0100 x12", "USD", "tel:+15185550100;ext=12"],
  ["518-555-0100, extensión 12", "USD", "tel:+15185550100;ext=12"],
  ["518-555-0100 #12", "USD", "tel:+15185550100;ext=12"],
])("a telephone number is dialed as it is meant, its extension last: %s", (phone, currency, href) => {
  expect(telLink(phone, currency)).toBe(href);
});
