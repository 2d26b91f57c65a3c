/** One way to talk to the API: JSON in, JSON out, every failure an ApiError with a stable code. */
import type { Locale, Problem } from "./schema";

/** Codes made here, not by the API: no answer, an answer that is not a problem document, no session. */
export const OFFLINE = "offline";
export const SERVER_TROUBLE = "server_trouble";
export const SESSION_REQUIRED = "session_required";

export class ApiError extends Error {
  constructor(
    readonly problem: Problem,
    /** From Retry-After, when the API asked for patience. */
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(problem.code);
  }

  get code(): string {
    return this.problem.code;
  }
}

/** Whether the same request may be answered otherwise in a moment: nobody refused it for what it asks. */
export function mayPass({ problem: { status } }: ApiError): boolean {
  return status === 0 || status >= 500 || status === 409 || status === 429;
}

/** Who calls: in which language, and who is to hear what the answers say of the session. */
export interface Caller {
  locale: () => Locale;
  /** An answer has kept the session alive. */
  onAnswer: () => void;
  /** An answer says that there is no session (any more). */
  onSessionLost: () => void;
  /** Another number once the person who asks is another, or gone: an answer to who was there before is nobody's. */
  person: () => number;
}

export interface CallOptions {
  body?: unknown;
  idempotencyKey?: string;
  signal?: AbortSignal;
}

/** What only a signed-in reader can ask; everything else says nothing about the session. */
const OF_SESSION = /^\/(accounts\/|guest-payments|methods|set-ups|session$)/;

export type Call = <T>(method: string, path: string, options?: CallOptions) => Promise<T>;

/** Calls `/api{path}`. Throws ApiError; an aborted call throws the browser's AbortError. */
export function callOf(caller: Caller): Call {
  return async <T>(method: string, path: string, options: CallOptions = {}): Promise<T> => {
    const asker = caller.person();
    const response = await send(method, path, options, caller.locale());
    if (response.status === 204) return undefined as T;
    const body = await readJson(response);
    if (OF_SESSION.test(path) && asker !== caller.person()) throw new DOMException("The person has left", "AbortError");
    if (OF_SESSION.test(path) && keepsSession(response, body)) caller.onAnswer();
    if (response.ok && body !== undefined) return body as T;
    const error = new ApiError(asProblem(body, response.status), retryAfter(response));
    if (error.code === SESSION_REQUIRED) caller.onSessionLost();
    throw error;
  };
}

/** Only the API's own answer to somebody does: not that nobody is signed in, nor a page of something in between. */
function keepsSession(response: Response, body: unknown): boolean {
  return response.status < 500 && response.status !== 401 && body !== null && body !== undefined;
}

async function send(method: string, path: string, options: CallOptions, locale: Locale): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": locale };
  const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store" };
  if (method !== "GET") {
    headers["Content-Type"] = "application/json";
    headers["Billfold-Request"] = "1";
    init.body = JSON.stringify(options.body ?? {});
  }
  if (options.idempotencyKey) headers["Idempotency-Key"] = options.idempotencyKey;
  if (options.signal) init.signal = options.signal;
  try {
    return await fetch(`/api${path}`, init);
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError(problemOf(OFFLINE, 0));
  }
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

function asProblem(body: unknown, status: number): Problem {
  const known = typeof body === "object" && body !== null && "code" in body;
  return known ? (body as Problem) : problemOf(SERVER_TROUBLE, status);
}

export function problemOf(code: string, status: number): Problem {
  return { type: "about:blank", title: "", status, code };
}

function retryAfter(response: Response): number | null {
  const seconds = Number(response.headers.get("Retry-After") ?? "");
  return Number.isFinite(seconds) && seconds > 0 ? seconds : null;
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
