import type { Saving } from "../../api/schema";
import { usePractice } from "../../app/practice";

/** What the practice says of saving; null where its payers cannot. */
export function useSaving(): Saving | null {
  return usePractice().payments.saving ?? null; // a profile that the CDN keeps of before a release says nothing of it
}
