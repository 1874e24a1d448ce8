/** The page that stays on the machine: without a network a reload shows the kiosk, and a new version is taken at once. */
export class Shell {
  /** A newer version than this page's is there. */
  newer = false;
  private kept: ServiceWorkerRegistration | undefined;

  /** Starts keeping. */
  start(): void {
    const { serviceWorker } = navigator;
    if (serviceWorker === undefined) return;
    let first = serviceWorker.controller === null;
    serviceWorker.addEventListener('controllerchange', () => {
      this.newer = !first;
      first = false;
    });
    serviceWorker.register('/sw.js', { updateViaCache: 'none' }).then(
      (kept) => (this.kept = kept),
      (error: unknown) => console.warn('the page is not kept', error),
    );
  }

  /** Looks for a newer version; call it when the line is back, for it may have been a new version that cut it. */
  look(): void {
    this.kept?.update().catch(() => undefined);
  }
}
