/** Answering in writing: sentences to touch, and a keyboard on the screen. */
import { html, type TemplateResult } from 'lit';
import { modal } from '../../../packages/a11y/index';
import type { Model } from '../model';
import { t, type TextKey } from '../words';
import * as icons from './icons';
import type { Ports } from './ports';

const QUICK = ['kiosk.reply.yes', 'kiosk.reply.no', 'kiosk.reply.moment', 'kiosk.reply.louder', 'kiosk.reply.slower', 'kiosk.reply.write'] as const satisfies readonly TextKey[];
const ROWS = ['kiosk.chat.keys_1', 'kiosk.chat.keys_2', 'kiosk.chat.keys_3', 'kiosk.chat.keys_4', 'kiosk.chat.keys_5'] as const satisfies readonly TextKey[];

/** The panel of replies. */
export function replies(model: Model, ports: Ports): TemplateResult {
  const close = (): void => ports.send({ kind: 'repliesToggled' });
  const say = (text: string): void => ports.send({ kind: 'chatSent', text });
  const key = (letter: string): TemplateResult =>
    html`<button class="letter" type="button" @click=${() => ports.send({ kind: 'letter', letter })}>${letter}</button>`;
  return html`
    <dialog class="dialog sheet" ${modal()} aria-labelledby="replies-title" @cancel=${close}>
      <div class="sheet-head">
        <h2 id="replies-title">${t('kiosk.chat.title')}</h2>
        <button class="button" type="button" @click=${close}>${t('kiosk.chat.close')}</button>
      </div>
      <div class="quick">
        ${QUICK.map((name) => {
          const text = t(name);
          return html`<button class="button" type="button" @click=${() => say(text)}>${text}</button>`;
        })}
      </div>
      <p class="draft" role="textbox" aria-readonly="true" tabindex="0" autofocus aria-label=${t('kiosk.chat.draft')}>${model.draft}<span class="caret" aria-hidden="true"></span></p>
      <div class="keyboard" role="group" aria-label=${t('kiosk.chat.keyboard')}>
        ${ROWS.map((row) => html`<div class="keyrow">${[...t(row)].map(key)}</div>`)}
        <div class="keyrow">
          <button class="letter broad" type="button" aria-label=${t('kiosk.chat.erase')} @click=${() => ports.send({ kind: 'letterErased' })}>
            ${icons.backspace}
          </button>
          <button class="letter space" type="button" @click=${() => ports.send({ kind: 'letter', letter: ' ' })}>
            ${t('kiosk.chat.space')}
          </button>
          <button class="button primary" type="button" ?disabled=${model.draft.trim() === ''} @click=${() => say(model.draft)}>
            ${t('kiosk.chat.send')}
          </button>
        </div>
      </div>
    </dialog>
  `;
}
