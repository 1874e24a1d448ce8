/** The list of what one may ask for without an appointment. */
import { html, nothing, type TemplateResult } from 'lit';
import type { WalkIn } from '../../../packages/api/types';
import type { Model } from '../model';
import { t } from '../words';
import * as icons from './icons';
import type { Ports } from './ports';

/** The screen of the list. */
export const walkIn = (model: Model, ports: Ports): TemplateResult => html`
  <section class="walkin">
    <h1>${t('kiosk.walkin.title')}</h1>
    <p class="lead">${t('kiosk.walkin.text')}</p>
    ${list(model, ports)}
  </section>
`;

function list(model: Model, ports: Ports): TemplateResult {
  if (model.offers === null) return html`<div class="spinner" role="status" aria-label=${t('kiosk.walkin.reading')}></div>`;
  if (model.offers === 'unread') {
    return html`<p class="alert" role="alert">${t('kiosk.walkin.unread')}</p>
      <button class="button primary" type="button" @click=${() => ports.send({ kind: 'walkInAsked' })}>${t('kiosk.walkin.again')}</button>`;
  }
  if (model.offers.length === 0) return html`<p class="lead">${t('kiosk.walkin.none')}</p>`;
  return html`<ul class="offers" tabindex="0" aria-label=${t('kiosk.walkin.list')}>
    ${model.offers.map((one) => offer(model, one, ports))}
  </ul>`;
}

function offer(model: Model, one: WalkIn, ports: Ports): TemplateResult {
  return html`<li class="offer">
    <div>
      <h2>${one.title}</h2>
      <p>${one.answers ? `${one.office}. ${queue(one)}` : t('kiosk.walkin.closed')}</p>
    </div>
    ${one.answers
      ? html`<button
          class="button primary"
          type="button"
          ?disabled=${model.busy}
          aria-label=${t('kiosk.walkin.take_for', { service: one.title })}
          @click=${() => ports.send({ kind: 'walkInChosen', service: one.service_id, requestId: ports.newId() })}
        >
          ${model.pending?.service === one.service_id ? t('kiosk.walkin.taking') : t('kiosk.walkin.take')}${icons.arrow}
        </button>`
      : nothing}
  </li>`;
}

function queue({ ahead, estimate_minutes }: WalkIn): string {
  const before = ahead === 0 ? t('kiosk.walkin.ahead_none') : ahead === 1 ? t('kiosk.walkin.ahead_one') : t('kiosk.walkin.ahead', { count: ahead });
  if (estimate_minutes === null) return `${before} ${t('kiosk.walkin.nobody')}`;
  return estimate_minutes < 1 ? before : `${before} ${t('kiosk.walkin.minutes', { minutes: estimate_minutes })}`;
}
