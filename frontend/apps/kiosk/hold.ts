/** A gesture that nobody makes by chance: a finger that stays on one small thing. */

/** Calls back when something that matches was held so long, in milliseconds. */
export function held(selector: string, milliseconds: number, done: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener('pointerdown', (event) => {
    clearTimeout(timer);
    if (event.target instanceof Element && event.target.closest(selector) !== null) timer = setTimeout(done, milliseconds);
  });
  for (const end of ['pointerup', 'pointercancel']) document.addEventListener(end, () => clearTimeout(timer));
}
