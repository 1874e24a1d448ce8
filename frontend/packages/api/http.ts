/** The one road to the server: one fetch function, one error class. */
import { language } from '../text/index';
import { type Decoder, DecodeError, record } from './decode';

/** Codes for failures that never reached the server or came back unreadable. */
export const CODE_NETWORK = 'client.network';
export const CODE_UNREADABLE = 'client.unreadable';
export const CODE_TIMEOUT = 'client.timeout';

/** How long an ordinary request may take before it counts as lost, in milliseconds. */
const REQUEST_TIMEOUT_MS = 12_000;
/** The same for an upload of at most 10 MiB over a poor line. */
const UPLOAD_TIMEOUT_MS = 90_000;

/** A refusal or failure of a request: an RFC 9457 problem, or one of the `client.*` codes. */
export class ApiError extends Error {
  /** @param instance the reference number a person can read out; empty when the server never answered. */
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly data: Readonly<Record<string, unknown>>,
    readonly instance: string,
  ) {
    super(`${status} ${code}`);
    this.name = 'ApiError';
  }

  /** Whether the request may never have arrived, so that trying again is right. */
  get unreachable(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }

  /** Whether whoever asks is not signed in (any more). */
  get unauthenticated(): boolean {
    return this.status === 401;
  }
}

/** Makes a failure that did not come from the server. */
export function clientError(code: string): ApiError {
  return new ApiError(0, code, '', {}, '');
}

/** What a request needs; a `form` is sent as multipart, a `body` as JSON. */
export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly form?: FormData;
  readonly signal?: AbortSignal;
}

/** A new id that makes a repeated request recognisable. */
export function newRequestId(): string {
  return crypto.randomUUID();
}

/** Sends a request and decodes its answer. Throws {@link ApiError} and nothing else. */
export async function request<T>(path: string, decode: Decoder<T>, options: RequestOptions = {}): Promise<T> {
  const response = await send(path, options);
  const raw = await readJson(response);
  return checked(raw, decode, path);
}

/** Sends a request whose answer has no content. */
export async function command(path: string, options: RequestOptions = {}): Promise<void> {
  await send(path, { method: 'POST', ...options });
}

/** Decodes a value and turns a wrong shape into an {@link ApiError}. */
export function checked<T>(raw: unknown, decode: Decoder<T>, path: string): T {
  try {
    return decode(raw, path);
  } catch (error) {
    if (error instanceof DecodeError) {
      console.error(error.message);
      throw clientError(CODE_UNREADABLE);
    }
    throw error;
  }
}

async function send(path: string, options: RequestOptions): Promise<Response> {
  const timeout = AbortSignal.timeout(options.form ? UPLOAD_TIMEOUT_MS : REQUEST_TIMEOUT_MS);
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language() };
  const init: RequestInit = {
    method: options.method ?? 'GET',
    headers,
    credentials: 'same-origin',
    cache: 'no-store',
    redirect: 'error',
    signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
  };
  if (options.form) {
    init.body = options.form;
  } else if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json';
    init.body = JSON.stringify(options.body);
  }
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw clientError(timeout.aborted ? CODE_TIMEOUT : CODE_NETWORK);
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    throw clientError(CODE_UNREADABLE);
  }
}

/** Reads a problem document; an answer that is none (a proxy's page) keeps its status. */
export async function problemOf(response: Response): Promise<ApiError> {
  let raw: unknown = null;
  try {
    raw = await response.json();
  } catch {
    raw = null;
  }
  return problemFrom(response.status, raw, response.headers.get('X-Request-Id') ?? '');
}

/** Builds the error from an already parsed problem document. */
export function problemFrom(status: number, raw: unknown, reference: string): ApiError {
  const body = typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? record(raw, 'problem') : {};
  const string = (name: string): string => (typeof body[name] === 'string' ? (body[name] as string) : '');
  const data = body['data'];
  return new ApiError(
    status,
    string('code') || `http.${status}`,
    string('detail'),
    typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as Record<string, unknown>) : {},
    string('instance') || reference,
  );
}
