/** A document of the operator, as large as the screen. */
import { html, nothing, type TemplateResult } from 'lit';
import type { KioskSession } from '../../../packages/api/types';
import type { Model } from '../model';
import { t } from '../words';
import type { Ports } from './ports';

/** The document being looked at. */
export function document_(model: Model, of: KioskSession, ports: Ports): TemplateResult {
  const shown = of.documents.find((d) => d.id === model.viewing);
  const pdf = ports.pdf;
  const pages =
    pdf !== null && pdf.pages > 1
      ? html`
          <button class="button" type="button" ?disabled=${pdf.page <= 1} @click=${() => pdf.turn(-1)}>
            ${t('kiosk.document.previous')}
          </button>
          <span>${t('kiosk.document.page', { page: pdf.page, pages: pdf.pages })}</span>
          <button class="button" type="button" ?disabled=${pdf.page >= pdf.pages} @click=${() => pdf.turn(1)}>
            ${t('kiosk.document.next')}
          </button>
        `
      : nothing;
  return html`
    <section class="shoot">
      <h1>${t('kiosk.document.title')}</h1>
      <p>${shown?.name ?? ''}</p>
      <div class="viewfinder paper">
        ${shown?.media_type.startsWith('image/')
          ? html`<img src=${shown.url} alt=${shown.name} />`
          : pdf?.failed
            ? html`<p class="alert" role="alert">${t('kiosk.document.failed')}</p>`
            : (pdf?.canvas ?? html`<p>${t('kiosk.document.loading')}</p>`)}
      </div>
      <div class="row">
        ${pages}
        <button class="button primary" type="button" @click=${() => ports.send({ kind: 'documentClosed' })}>
          ${t('kiosk.document.close')}
        </button>
      </div>
    </section>
  `;
}
