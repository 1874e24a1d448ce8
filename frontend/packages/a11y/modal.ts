/** Opens a `<dialog>` as modal when it enters the page: focus moves in, stays in, and comes back. */
import { ref } from 'lit/directives/ref.js';

/** Who had the focus before each open dialog, innermost last. */
const openers: (Element | null)[] = [];

function follow(element: Element | undefined): void {
  if (element === undefined) {
    const opener = openers.pop();
    // The dialog leaves the page without being closed, so the browser does not hand the focus back.
    queueMicrotask(() => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    });
    return;
  }
  if (!(element instanceof HTMLDialogElement) || element.open) return;
  openers.push(document.activeElement);
  // The template is still on its way into the page.
  queueMicrotask(() => {
    if (element.isConnected && !element.open) element.showModal();
  });
}

/** Directive for a dialog that is in the page only while it is open. */
export const modal = (): ReturnType<typeof ref> => ref(follow);
