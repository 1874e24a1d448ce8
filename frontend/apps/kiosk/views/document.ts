/** A document of the operator, as large as the screen: always pictures, one for each page. */
import { html, nothing, svg, type TemplateResult } from 'lit';
import { type KioskSession, pagesOf } from '../../../packages/api/types';
import type { Model } from '../model';
import { t } from '../words';
import type { Ports } from './ports';

/** Where the operator points, over the picture: an SVG of the picture's own size lies as the picture does. */
function mark({ pointer, viewing, page }: Model): TemplateResult | typeof nothing {
  if (pointer === null || pointer.document !== viewing || pointer.page !== page) return nothing;
  const { x, y, width, height } = pointer;
  return html`<svg class="pointer" viewBox="0 0 ${width} ${height}" role="img" aria-label=${t('kiosk.document.pointed')}>
    ${svg`<circle cx=${x * width} cy=${y * height} r=${width / 22}></circle>`}
  </svg>`;
}

/** The document being looked at. */
export function papers(model: Model, of: KioskSession, ports: Ports): TemplateResult {
  const shown = of.documents.find((d) => d.id === model.viewing);
  const pages = shown === undefined ? [] : pagesOf(shown);
  const picture = pages[model.page - 1];
  return html`
    <section class="shoot">
      <h1>${t('kiosk.document.title')}</h1>
      <p>${shown?.name ?? ''}</p>
      <div class="viewfinder paper">${picture === undefined ? nothing : html`<img src=${picture} alt=${shown?.name ?? ''} />`}${mark(model)}</div>
      <div class="row">
        ${pages.length < 2
          ? nothing
          : html`
              <button class="button" type="button" ?disabled=${model.page <= 1} @click=${() => ports.send({ kind: 'pageTurned', by: -1 })}>
                ${t('kiosk.document.previous')}
              </button>
              <span>${t('kiosk.document.page', { page: model.page, pages: pages.length })}</span>
              <button
                class="button"
                type="button"
                ?disabled=${model.page >= pages.length}
                @click=${() => ports.send({ kind: 'pageTurned', by: 1 })}
              >
                ${t('kiosk.document.next')}
              </button>
            `}
        <button class="button primary" type="button" @click=${() => ports.send({ kind: 'documentClosed' })}>
          ${t('kiosk.document.close')}
        </button>
      </div>
    </section>
  `;
}
