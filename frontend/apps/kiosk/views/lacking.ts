/** What to have at hand, and what to do without it. */
import { html, nothing, type TemplateResult } from 'lit';
import { modal } from '../../../packages/a11y/index';
import type { KioskSession } from '../../../packages/api/types';
import { dateOf, timeOf } from '../../../packages/text/index';
import type { Model } from '../model';
import { t } from '../words';
import * as icons from './icons';
import type { Ports } from './ports';

/** The list on the waiting screen, with the way on for who lacks something. */
export const needed = (of: KioskSession, ports: Ports): TemplateResult =>
  of.service.needed.length === 0
    ? html`<p>${t('kiosk.waiting.needed_none')}</p>`
    : html`<ul class="needed">
          ${of.service.needed.map((item) =>
            of.lacks.includes(item)
              ? html`<li class="lacks">${icons.cross}<span>${item} <strong>(${t('kiosk.lack.said')})</strong></span></li>`
              : html`<li>${icons.check}<span>${item}</span></li>`,
          )}
        </ul>
        ${of.ticket === null
          ? html`<button class="button" type="button" @click=${() => ports.send({ kind: 'lackOpened' })}>${icons.question}<span>${t('kiosk.lack.open')}</span></button>`
          : nothing}`;

/** The day and the time of an instant, as one says it. */
export const when = (start: string): string => t('kiosk.lack.when', { date: dateOf(start), time: timeOf(start) });

/** The question that is open, if any. */
export function dialog(model: Model, of: KioskSession, ports: Ports): TemplateResult | typeof nothing {
  const { step, failed } = model.lacking;
  if (step === 'off') return nothing;
  const close = (): void => ports.send({ kind: 'lackClosed' });
  return html`<dialog class="dialog lack" ${modal()} aria-labelledby="lack-title" @cancel=${close}>
    ${failed === '' ? nothing : html`<p class="alert" role="alert">${failed}</p>`}
    ${step === 'list' ? list(model, of, ports) : step === 'times' ? times(model, ports) : sure(model, ports)}
  </dialog>`;
}

const list = (model: Model, of: KioskSession, ports: Ports): TemplateResult => html`
  <h2 id="lack-title">${t('kiosk.lack.title')}</h2>
  <ul class="lack-items">
    ${of.service.needed.map((item) => {
      const missing = model.lacking.items.includes(item);
      return html`<li>
        <button class="button wide" type="button" aria-pressed=${missing} @click=${() => ports.send({ kind: 'lackToggled', item })}>
          ${missing ? icons.cross : icons.check}<span>${item}</span><strong>${missing ? t('kiosk.lack.missing') : t('kiosk.lack.have')}</strong>
        </button>
      </li>`;
    })}
  </ul>
  <div class="row">
    <button class="button primary" type="button" @click=${() => ports.send({ kind: 'lackSaid' })}>${t('kiosk.lack.wait')}</button>
    <button class="button" type="button" @click=${() => ports.send({ kind: 'timesAsked' })}>${t('kiosk.lack.move')}</button>
    <button class="button" type="button" @click=${() => ports.send({ kind: 'cancelAsked' })}>${t('kiosk.lack.cancel')}</button>
  </div>
`;

function times(model: Model, ports: Ports): TemplateResult {
  const { times: found } = model.lacking;
  return html`
    <h2 id="lack-title">${t('kiosk.lack.times')}</h2>
    ${found === null
      ? html`<div class="spinner" role="status" aria-label=${t('kiosk.walkin.reading')}></div>`
      : found.length === 0
        ? html`<p class="lead">${t('kiosk.lack.none')}</p>`
        : html`<ul class="lack-items">
            ${found.map(
              (start) => html`<li>
                <button class="button wide" type="button" @click=${() => ports.send({ kind: 'timeChosen', start })}>${when(start)}</button>
              </li>`,
            )}
          </ul>`}
    <div class="row"><button class="button" type="button" @click=${() => ports.send({ kind: 'lackBack' })}>${t('kiosk.lack.back')}</button></div>
  `;
}

function sure(model: Model, ports: Ports): TemplateResult {
  const { start, step } = model.lacking;
  const busy = step === 'busy';
  return html`
    <h2 id="lack-title">${start === '' ? t('kiosk.lack.cancel_sure') : t('kiosk.lack.move_sure', { when: when(start) })}</h2>
    <p class="lead">${start === '' ? t('kiosk.lack.cancel_text') : t('kiosk.lack.move_text')}</p>
    <div class="row">
      <button class="button" type="button" ?disabled=${busy} autofocus @click=${() => ports.send({ kind: 'lackBack' })}>${t('kiosk.lack.back')}</button>
      <button class="button ${start === '' ? 'danger' : 'primary'}" type="button" ?disabled=${busy} @click=${() => ports.send({ kind: 'awayConfirmed' })}>
        ${busy ? t('kiosk.own.busy') : start === '' ? t('kiosk.lack.cancel_yes') : t('kiosk.lack.move_yes')}
      </button>
    </div>
  `;
}
