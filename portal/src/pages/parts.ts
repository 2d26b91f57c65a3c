import { part } from "./part";

export const clientPages = part(async () => (await import("./ClientPages")).ClientPages);
export const publicPages = part(async () => (await import("./PublicPages")).PublicPages);
export const linkPage = part(async () => (await import("../features/pay-link/LinkPage")).LinkPage);
export const claimedPage = part(async () => (await import("../features/guest/ClaimedPage")).ClaimedPage);
export const guestPages = part(async () => (await import("./GuestPages")).GuestPages);
export const receiptPage = part(async () => (await import("../features/receipt/ReceiptPage")).ReceiptPage);
