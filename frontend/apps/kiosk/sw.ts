/**
 * Keeps the kiosk's own page on the machine, so that a reload without a network shows the kiosk and not the browser.
 * It holds the page and its parts only: never an answer of the interface, so never anything of a person.
 */

/** What the compiler's browser library does not know of service workers. */
interface Life extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Asked extends Event {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker {
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(kind: 'install' | 'activate', hear: (event: Life) => void): void;
  addEventListener(kind: 'fetch', hear: (event: Asked) => void): void;
}
const worker = self as unknown as Worker;

/** Written by the build: the parts of the page, each under a name that changes with its content, and a name for all. */
const PARTS: readonly string[] = ['__PARTS__'];
const VERSION = '__VERSION__';
const PAGE = '/';
/** A line that gives no page for so long is treated as none, in milliseconds. */
const PATIENCE_MS = 4_000;

worker.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(VERSION)
      .then((cache) => cache.addAll([new Request(PAGE, { cache: 'reload' }), ...PARTS]))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== VERSION).map((name) => caches.delete(name))))
      .then(() => worker.clients.claim()),
  );
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate' && pathname === PAGE) event.respondWith(page());
  else if (PARTS.includes(pathname)) event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
});

/** The page as the server has it now, else the one that is kept. */
async function page(): Promise<Response> {
  const fresh = await fetch(PAGE, { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => null);
  if (fresh?.ok) return fresh;
  return (await caches.match(PAGE)) ?? fresh ?? Response.error();
}
