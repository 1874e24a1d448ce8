/** Answering in writing: sentences to touch, and a keyboard on the screen. */
import { html, type TemplateResult } from 'lit';
import { modal } from '../../../packages/a11y/index';
import type { Model } from '../model';
import { t, type TextKey } from '../words';
import { keyboard } from './keyboard';
import type { Ports } from './ports';

const QUICK = ['kiosk.reply.yes', 'kiosk.reply.no', 'kiosk.reply.moment', 'kiosk.reply.louder', 'kiosk.reply.slower', 'kiosk.reply.write'] as const satisfies readonly TextKey[];

/** The panel of replies. */
export function replies(model: Model, ports: Ports): TemplateResult {
  const close = (): void => ports.send({ kind: 'repliesToggled' });
  const say = (text: string): void => ports.send({ kind: 'chatSent', text });
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
      ${keyboard(
        model.draft,
        t('kiosk.chat.draft'),
        html`<button class="button primary" type="button" ?disabled=${model.draft.trim() === ''} @click=${() => say(model.draft)}>
          ${t('kiosk.chat.send')}
        </button>`,
        ports,
      )}
    </dialog>
  `;
}
