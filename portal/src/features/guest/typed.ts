/** What a guest types, and what of it is missing before the API is asked. */
import type { GuestRequest, Guests, GuestWayName } from "../../api/schema";
import { looksLikeEmail } from "../../ui/EmailField";

export interface Typed {
  name: string;
  email: string;
  phone: string;
  /** As it stands in the field, finished or not. */
  amount: string;
  /** An id. */
  clinician: string;
  client: string;
  /** On the bill. */
  number: string;
}

export type FieldName = keyof Typed;

/** G15: as they are asked; the card itself comes last, in the processor's own fields. PayPal's own are not asked here. */
export const FIELDS: Record<GuestWayName, readonly FieldName[]> = {
  card: ["name", "email", "phone", "amount", "clinician", "client", "number"],
  paypal: ["amount", "clinician", "client", "number", "email"],
};

export function firstTyped(guests: Pick<Guests, "clinician">, number: string): Typed {
  return { name: "", email: "", phone: "", amount: "", clinician: guests.clinician ?? "", client: "", number };
}

/** Those that the way asks for and that say nothing; an amount says what is wrong with it by itself. */
export function missingIn(typed: Typed, way: GuestWayName): Exclude<FieldName, "number" | "amount">[] {
  const asked = FIELDS[way].filter((field) => field !== "number" && field !== "amount");
  return asked.filter((field) => (field === "email" ? !looksLikeEmail(typed.email) : typed[field].trim() === ""));
}

/** As they are sent: of PayPal's payer only what is asked. */
export function fieldsOf(way: GuestWayName, typed: Typed, amountMinor: number): GuestRequest {
  const asked = (field: FieldName): string => (FIELDS[way].includes(field) ? typed[field].trim() : "");
  return {
    way,
    amount_minor: amountMinor,
    clinician: typed.clinician,
    client: asked("client"),
    name: asked("name"),
    email: asked("email"),
    phone: asked("phone"),
    number: asked("number"),
  };
}
