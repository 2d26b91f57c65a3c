/** Ending a session. Only the API can: until it says so, somebody is still signed in. */
import type { Api } from "../api/calls";
import { ApiError, isAbort, OFFLINE, problemOf, SESSION_REQUIRED } from "../api/client";

/** Whoever signs out wants to leave: a slower answer counts as none. */
export const PATIENCE_MS = 10_000;

/** Null once the API has said that nobody is signed in; otherwise why not. */
export async function endSession(api: Pick<Api, "signOut" | "getSession">): Promise<ApiError | null> {
  try {
    await inTime((signal) => api.signOut(signal));
    return null;
  } catch (error) {
    const why = asApiError(error);
    if (why.code === SESSION_REQUIRED) return null;
    return (await isNobodyIn(api)) ? null : why;
  }
}

/** The session may have ended although the answer was lost. */
async function isNobodyIn(api: Pick<Api, "getSession">): Promise<boolean> {
  try {
    return (await inTime((signal) => api.getSession(signal))) === null;
  } catch (error) {
    return asApiError(error).code === SESSION_REQUIRED;
  }
}

async function inTime<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), PATIENCE_MS);
  try {
    return await ask(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (isAbort(error)) return new ApiError(problemOf(OFFLINE, 0));
  throw error;
}
