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

type Listener = () => void;

/** What the page tells the client once, so that callers need not carry it. */
export const api = {
  locale: "en" as Locale,
  /** Called when any answer says that there is no session (any more). */
  onSessionLost: (() => {}) as Listener,
  /** Called after every answer that kept the session alive, to know when it would go idle. */
  onAnswer: (() => {}) as Listener,
  /** Called when somebody uses what shows no key press to the page, as another site's card fields. */
  onUse: (() => {}) as Listener,
};

export interface CallOptions {
  body?: unknown;
  idempotencyKey?: string;
  signal?: AbortSignal;
}

/** What only a signed-in reader can ask; everything else says nothing about the session. */
const OF_SESSION = /^\/(accounts\/|session$)/;

/** Calls `/api{path}`. Throws ApiError; an aborted call throws the browser's AbortError. */
export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  const response = await send(method, path, options);
  if (OF_SESSION.test(path) && response.status < 500) api.onAnswer();
  if (response.status === 204) return undefined as T;
  const body = await readJson(response);
  if (response.ok && body !== undefined) return body as T;
  const error = new ApiError(asProblem(body, response.status), retryAfter(response));
  if (error.code === SESSION_REQUIRED) api.onSessionLost();
  throw error;
}

async function send(method: string, path: string, options: CallOptions): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": api.locale };
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
    throw new ApiError(clientProblem(OFFLINE, 0));
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
  return known ? (body as Problem) : clientProblem(SERVER_TROUBLE, status);
}

function clientProblem(code: string, status: number): Problem {
  return { type: "about:blank", title: "", status, code };
}

function retryAfter(response: Response): number | null {
  const seconds = Number(response.headers.get("Retry-After") ?? "");
  return Number.isFinite(seconds) && seconds > 0 ? seconds : null;
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
