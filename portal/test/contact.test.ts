import { expect, test } from "vitest";

import type { PracticeProfile } from "../src/api/schema";
import { contactLinks } from "../src/features/shell/Contact";

test("an e-mail address stays one address in its link, whatever letters it has", () => {
  const profile = { phone: "", email: "a?bcc=b&c%d#e+f@willow.example", website: "" } as PracticeProfile;
  const [link] = contactLinks(profile);
  expect(link).toEqual({ href: "mailto:a%3Fbcc%3Db%26c%25d%23e%2Bf@willow.example", text: profile.email });
});
