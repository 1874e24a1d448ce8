/** How somebody with one or two switches wants the mark to move. */
import { html, type TemplateResult } from 'lit';
import { modal } from '../../../packages/a11y/index';
import type { Model } from '../model';
import type { ScanMode } from '../scanning';
import { t } from '../words';
import type { Ports } from './ports';

const MODES: readonly ScanMode[] = ['slow', 'medium', 'fast', 'step', 'off'];

/** The question. */
export const scanPanel = (model: Model, ports: Ports): TemplateResult => {
  const close = (): void => ports.send({ kind: 'scanToggled' });
  return html`<dialog class="dialog" ${modal()} aria-labelledby="switch-title" @cancel=${close}>
    <h2 id="switch-title">${t('kiosk.switch.title')}</h2>
    <p class="lead">${t('kiosk.switch.text')}</p>
    <div class="stack">
      ${MODES.map(
        (mode) => html`<button
          class="button"
          type="button"
          aria-pressed=${model.look.scan === mode}
          @click=${() => ports.send({ kind: 'scanChosen', mode })}
        >
          ${t(`kiosk.switch.${mode}`)}
        </button>`,
      )}
    </div>
    <button class="button primary" type="button" @click=${close}>${t('kiosk.switch.close')}</button>
  </dialog>`;
};
