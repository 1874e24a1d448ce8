/** What one takes home from an encounter: a code for one's telephone, a message, a sheet of paper. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Model } from '../model';
import { t } from '../words';
import * as icons from './icons';
import type { Ports } from './ports';

/** The offer on the last screen; nothing where nobody was spoken with. */
export function receipt(model: Model, ports: Ports): TemplateResult | typeof nothing {
  const { end } = model;
  if (end === null || end.receipt === null) return nothing;
  const { url, qr, mail } = end.receipt;
  if (model.home) return html`<a class="button" href=${url}>${icons.sheet}<span>${t('kiosk.receipt.open')}</span></a>`;
  return html`
    <section class="receipt" aria-labelledby="receipt-title">
      <img class="receipt-qr" src=${`data:image/svg+xml,${encodeURIComponent(qr)}`} alt=${t('kiosk.receipt.qr')} />
      <div class="receipt-text">
        <h2 id="receipt-title">${t('kiosk.receipt.title')}</h2>
        <p>${t('kiosk.receipt.text')}</p>
        <div class="row">
          ${mail
            ? html`<button
                class="button"
                type="button"
                ?disabled=${end.mailed === 'sending' || end.mailed === 'yes'}
                @click=${() => ports.send({ kind: 'receiptAsked' })}
              >
                ${icons.sheet}<span>${t(end.mailed === 'yes' ? 'kiosk.receipt.mailed' : 'kiosk.receipt.mail')}</span>
              </button>`
            : nothing}
          ${model.snapshot?.kiosk.printer
            ? html`<button class="button" type="button" @click=${() => ports.send({ kind: 'printAsked' })}>${icons.sheet}<span>${t('kiosk.receipt.print')}</span></button>`
            : nothing}
        </div>
        ${end.mailed === 'failed' ? html`<p class="alert" role="alert">${t('kiosk.receipt.failed')}</p>` : nothing}
      </div>
    </section>
  `;
}
