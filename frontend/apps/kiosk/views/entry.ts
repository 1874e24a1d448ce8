/** The screens before a session: invitation, code, help, refusal; and the enrolment of the device. */
import { html, nothing, type TemplateResult } from 'lit';
import { CODE_LENGTH, ENROLMENT_LENGTH, spelled } from '../code';
import type { Model } from '../model';
import { t } from '../words';
import * as icons from './icons';
import { languages } from './languages';
import type { Ports } from './ports';

/** The page before the server has answered. */
export const boot = (): TemplateResult => html`
  <section class="center" aria-busy="true">
    <div class="spinner" aria-hidden="true"></div>
    <h1>${t('kiosk.boot.title')}</h1>
    <p class="lead">${t('kiosk.boot.text')}</p>
  </section>
`;

/** The invitation: the whole screen is the button, but for a strip where one may come without an appointment. */
export const start = (model: Model, ports: Ports): TemplateResult => html`
  <section class="welcome">
  <button class="invitation" type="button" @click=${() => ports.send({ kind: 'begin' })}>
    <span class="invitation-entity">${model.snapshot?.entity.name ?? ''}</span>
    <span class="invitation-title" role="heading" aria-level="1">${t('kiosk.start.title')}</span>
    <span class="invitation-touch">${icons.touch}<span>${t('kiosk.start.touch')}</span></span>
    <span class="invitation-text">${t('kiosk.start.text')}</span>
  </button>
  ${languages(model, ports)}
  ${model.fresh ? html`<button class="button wide welcome-walkin" type="button" @click=${() => ports.send({ kind: 'testOpened' })}>${icons.check}<span>${t('kiosk.test.open')}</span></button>` : nothing}
  ${model.snapshot?.walk_in
    ? html`<button class="button wide welcome-walkin" type="button" @click=${() => ports.send({ kind: 'walkInAsked' })}>
        ${icons.person}<span>${t('kiosk.start.walkin')}</span>
      </button>`
    : nothing}
  </section>
`;

/** The code, by keypad, keyboard or camera. */
export function code(model: Model, ports: Ports): TemplateResult {
  if (model.scanning) return scan(model, ports);
  const missing = CODE_LENGTH - model.typed.length;
  const hint =
    missing === 0
      ? t('kiosk.code.complete')
      : missing === 1
        ? t('kiosk.code.missing_one')
        : t('kiosk.code.missing', { count: missing });
  return html`
    <section class="entry">
      <div class="entry-text">
        <h1>${t('kiosk.code.title')}</h1>
        <p class="lead">${t('kiosk.code.text')}</p>
        ${slots(model.typed, CODE_LENGTH, [3, 6])}
        <p class="hint">${model.busy ? t('kiosk.code.busy') : hint}</p>
        <div class="stack">
          <button class="button wide" type="button" ?disabled=${model.busy} @click=${() => ports.send({ kind: 'scanOpened' })}>
            ${icons.qr}<span>${t('kiosk.code.scan')}</span>
          </button>
          <button class="button wide" type="button" ?disabled=${model.busy} @click=${() => ports.send({ kind: 'helpAsked' })}>
            ${icons.question}<span>${t('kiosk.code.help')}</span>
          </button>
        </div>
      </div>
      ${keypad(model, ports, missing === 0, t('kiosk.code.send'), t('kiosk.code.busy'))}
    </section>
  `;
}

/** The one-time activation of a device. */
export const enrol = (model: Model, ports: Ports): TemplateResult => html`
  <section class="entry">
    <div class="entry-text">
      <h1>${t('kiosk.enrol.title')}</h1>
      <p class="lead">${t('kiosk.enrol.text')}</p>
      ${slots(model.typed, ENROLMENT_LENGTH, [4])}
      ${model.enrolError === null
        ? nothing
        : html`<p class="alert" role="alert">${model.enrolError || t('kiosk.enrol.failed')}</p>`}
    </div>
    ${keypad(model, ports, model.typed.length === ENROLMENT_LENGTH, t('kiosk.enrol.send'), t('kiosk.enrol.busy'))}
  </section>
`;

/** Where a code is found, and what to do without one. */
export const help = (model: Model, ports: Ports): TemplateResult => html`
  <section class="center">
    <h1>${t('kiosk.help.title')}</h1>
    <p class="lead">${t('kiosk.help.find')}</p>
    <p class="lead">${t('kiosk.help.book')}</p>
    ${phone(model)}
    <div class="row">
      <button class="button primary" type="button" autofocus @click=${() => ports.send({ kind: 'back' })}>
        ${t('kiosk.help.back')}
      </button>
      <button class="button" type="button" @click=${() => ports.send({ kind: 'home' })}>${t('kiosk.help.home')}</button>
    </div>
  </section>
`;

/** Why not, and the way on. */
export function refusal(model: Model, ports: Ports): TemplateResult {
  const { from, detail, way, url, reference } = model.refusal ?? { from: 'code', detail: '', way: 'retry', url: '', reference: '' };
  const other = from === 'start' ? t('kiosk.refusal.check') : from === 'walkin' ? t('kiosk.refusal.other_service') : t('kiosk.refusal.other');
  const home = (label: string): TemplateResult =>
    html`<button class="button primary" type="button" @click=${() => ports.send({ kind: 'home' })}>${label}</button>`;
  const again = (label: string, primary: boolean): TemplateResult =>
    html`<button class="button ${primary ? 'primary' : ''}" type="button" @click=${() => ports.send({ kind: 'back' })}>
      ${label}
    </button>`;
  const helpButton = (primary: boolean): TemplateResult =>
    html`<button class="button ${primary ? 'primary' : ''}" type="button" @click=${() => ports.send({ kind: 'helpAsked' })}>
      ${t('kiosk.refusal.help')}
    </button>`;
  const ways = {
    retry: () => [again(t('kiosk.refusal.retry'), true), model.home ? html`` : helpButton(false)],
    rebook: () => [home(t('kiosk.refusal.done')), again(other, false)],
    wait: () => [home(t('kiosk.refusal.wait')), again(other, false)],
    go_to_place: () => [home(t('kiosk.refusal.place')), again(other, false)],
    ask_help: () => (model.home ? [again(other, true)] : [helpButton(true), again(other, false)]),
  };
  return html`
    <section class="center">
      <div class="badge warn">${way === 'go_to_place' ? icons.pin : icons.question}</div>
      <h1>${t('kiosk.refusal.title')}</h1>
      <p class="lead" role="alert">${detail || t('kiosk.refusal.generic')}</p>
      ${way === 'rebook' && url !== ''
        ? html`<p>${t('kiosk.refusal.rebook')}</p>
            <p class="address">${url.replace(/^https?:\/\//, '')}</p>`
        : nothing}
      ${way === 'ask_help' ? phone(model) : nothing}
      <div class="row">${ways[way]()}</div>
      ${reference === '' ? nothing : html`<p class="small">${t('kiosk.refusal.reference', { reference })}</p>`}
    </section>
  `;
}

const phone = (model: Model): TemplateResult | typeof nothing =>
  model.snapshot === null || model.snapshot.entity.phone === ''
    ? nothing
    : html`<p class="phone">
        ${icons.phone}<span><span class="small">${t('kiosk.help.phone')}</span><strong>${model.snapshot.entity.phone}</strong></span>
      </p>`;

const scan = (model: Model, ports: Ports): TemplateResult => html`
  <section class="shoot">
    <h1>${t('kiosk.scan.title')}</h1>
    <p class="lead">${model.fault === null ? t('kiosk.scan.text') : t('kiosk.scan.fault')}</p>
    <div class="viewfinder" role="img" aria-label=${t('kiosk.scan.view')}>${ports.own}<div class="frame square"></div></div>
    <div class="row">
      <button class="button primary" type="button" @click=${() => ports.send({ kind: 'scanClosed' })}>${t('kiosk.scan.close')}</button>
    </div>
  </section>
`;

/** The digits typed so far, as boxes in groups; one sentence for who cannot see them. */
function slots(typed: string, length: number, gaps: readonly number[]): TemplateResult {
  const label = typed === '' ? t('kiosk.code.empty') : t('kiosk.code.value', { code: spelled(typed) });
  return html`
    <div class="slots" role="img" aria-label=${label}>
      ${Array.from({ length }, (_, i) => {
        const classes = `slot${gaps.includes(i) ? ' gap' : ''}${i === typed.length ? ' next' : ''}`;
        return html`<span class=${classes}>${typed[i] ?? ''}</span>`;
      })}
    </div>
  `;
}

function keypad(model: Model, ports: Ports, complete: boolean, label: string, busy: string): TemplateResult {
  const key = (digit: string): TemplateResult =>
    html`<button class="key" type="button" ?disabled=${model.busy} @click=${() => ports.send({ kind: 'digit', digit })}>
      ${digit}
    </button>`;
  return html`
    <div class="keypad" role="group" aria-label=${t('kiosk.code.keypad')}>
      ${['1', '2', '3', '4', '5', '6', '7', '8', '9'].map(key)}
      <button
        class="key word"
        type="button"
        aria-label=${t('kiosk.code.erase_all')}
        ?disabled=${model.busy || model.typed === ''}
        @click=${() => ports.send({ kind: 'eraseAll' })}
      >
        ${t('kiosk.code.erase_all_short')}
      </button>
      ${key('0')}
      <button
        class="key word"
        type="button"
        aria-label=${t('kiosk.code.erase')}
        ?disabled=${model.busy || model.typed === ''}
        @click=${() => ports.send({ kind: 'erase' })}
      >
        ${icons.backspace}<span>${t('kiosk.code.erase_short')}</span>
      </button>
      <button
        class="button primary send"
        type="button"
        ?disabled=${model.busy || !complete}
        @click=${() => ports.send({ kind: 'submit', requestId: ports.newId() })}
      >
        ${model.busy ? busy : label}${model.busy ? nothing : icons.arrow}
      </button>
    </div>
  `;
}
