/**
 * A live stream of snapshots that is always trying. It reads server-sent events over fetch instead of
 * EventSource, because EventSource hides the status of a refusal (401 looks like a broken line) and the
 * heartbeat comments, without which a line that died silently is never noticed.
 */
import { type Decoder } from './decode';
import { type ApiError, checked, clientError, CODE_NETWORK, problemOf } from './http';
import { SseParser } from './sse';

/** Silence after which the line counts as dead; the server sends a heartbeat every 10 s. */
export const SILENCE_MS = 25_000;
/** Waits between attempts, in milliseconds; the last one repeats. Each is spread by up to a quarter. */
export const BACKOFF_MS = [250, 500, 1_000, 2_000, 4_000, 8_000] as const;

/** What the owner of a stream hears. */
export interface StreamListener<T> {
  /** A snapshot arrived. */
  snapshot(value: T): void;
  /** The line stands: told once per connection, before its first snapshot. */
  open(): void;
  /** The line fell or was refused; a new attempt is already planned. */
  lost(error: ApiError): void;
}

/** A running stream. */
export interface Stream {
  /** Tries again at once instead of waiting, e.g. when the network says it is back. */
  retryNow(): void;
  /** Ends the stream for good. */
  close(): void;
}

/** The delay before attempt `n` (0 is the first retry). */
export function backoff(n: number, random: () => number = Math.random): number {
  const base = BACKOFF_MS[Math.min(n, BACKOFF_MS.length - 1)] ?? 8_000;
  return Math.round(base * (1 + random() / 4));
}

/** Opens the stream at `path` and keeps it open until closed. Only events named `state` are read. */
export function openStream<T>(path: string, decode: Decoder<T>, listener: StreamListener<T>): Stream {
  let closed = false;
  let attempt = 0;
  let abort = new AbortController();
  let wake: (() => void) | null = null;

  const run = async (): Promise<void> => {
    while (!closed) {
      abort = new AbortController();
      const error = await readOnce(path, decode, listener, abort, () => {
        attempt = 0;
      });
      if (closed) return;
      listener.lost(error);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, backoff(attempt));
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      wake = null;
      attempt += 1;
    }
  };
  const retryNow = (): void => {
    attempt = 0;
    wake?.();
  };
  addEventListener('online', retryNow);
  void run();
  return {
    retryNow,
    close() {
      closed = true;
      removeEventListener('online', retryNow);
      abort.abort();
      wake?.();
    },
  };
}

async function readOnce<T>(
  path: string,
  decode: Decoder<T>,
  listener: StreamListener<T>,
  abort: AbortController,
  stands: () => void,
): Promise<ApiError> {
  let watchdog = setTimeout(() => abort.abort(), SILENCE_MS);
  const alive = (): void => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => abort.abort(), SILENCE_MS);
  };
  try {
    const response = await fetch(path, {
      headers: { Accept: 'text/event-stream' },
      credentials: 'same-origin',
      cache: 'no-store',
      signal: abort.signal,
    });
    if (!response.ok || response.body === null) return await problemOf(response);
    listener.open();
    const parser = new SseParser();
    const utf8 = new TextDecoder();
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return clientError(CODE_NETWORK);
      stands();
      alive();
      for (const event of parser.push(utf8.decode(value, { stream: true }))) {
        if (event.event !== 'state') continue;
        listener.snapshot(checked(JSON.parse(event.data) as unknown, decode, path));
      }
    }
  } catch (error) {
    if (!(error instanceof Error)) return clientError(CODE_NETWORK);
    return 'status' in error ? (error as ApiError) : clientError(CODE_NETWORK);
  } finally {
    clearTimeout(watchdog);
    abort.abort();
  }
}
