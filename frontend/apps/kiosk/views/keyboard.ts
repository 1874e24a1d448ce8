/** The keyboard on the screen: what it writes stands in the machine's draft. */
import { html, type TemplateResult } from 'lit';
import { t, type TextKey } from '../words';
import * as icons from './icons';
import type { Ports } from './ports';

const ROWS = ['kiosk.chat.keys_1', 'kiosk.chat.keys_2', 'kiosk.chat.keys_3', 'kiosk.chat.keys_4', 'kiosk.chat.keys_5'] as const satisfies readonly TextKey[];

/** The letters, and what else stands in a name. */
function nameRows(): readonly string[] {
  const [, first, second, third, signs] = ROWS.map((row) => t(row));
  return [first ?? '', second ?? '', (third ?? '') + (signs ?? '').replace(/[^'’-]/g, '')];
}

/** What is written so far, and the keys; `done` is the key at the end. A name needs no digits. */
export function keyboard(draft: string, label: string, done: TemplateResult, ports: Ports, name = false): TemplateResult {
  const key = (letter: string): TemplateResult =>
    html`<button class="letter" type="button" @click=${() => ports.send({ kind: 'letter', letter })}>${letter}</button>`;
  return html`
    <p class="draft" role="textbox" aria-readonly="true" tabindex="0" autofocus aria-label=${label}>${draft}<span class="caret" aria-hidden="true"></span></p>
    <div class="keyboard" role="group" aria-label=${t('kiosk.chat.keyboard')}>
      ${(name ? nameRows() : ROWS.map((row) => t(row))).map((row) => html`<div class="keyrow">${[...row].map(key)}</div>`)}
      <div class="keyrow">
        <button class="letter broad" type="button" aria-label=${t('kiosk.chat.erase')} @click=${() => ports.send({ kind: 'letterErased' })}>
          ${icons.backspace}
        </button>
        <button class="letter space" type="button" @click=${() => ports.send({ kind: 'letter', letter: ' ' })}>
          ${t('kiosk.chat.space')}
        </button>
        ${done}
      </div>
    </div>
  `;
}
