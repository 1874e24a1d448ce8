/** The screens of a session: waiting, ringing, call, held, dropped. */
import { html, nothing, type TemplateResult } from 'lit';
import { modal } from '../../../packages/a11y/index';
import type { KioskSession } from '../../../packages/api/types';
import { timeOf } from '../../../packages/text/index';
import type { Model } from '../model';
import { stageOf } from '../session';
import { toSign } from '../sign';
import { t } from '../words';
import * as icons from './icons';
import { papers } from './document';
import { dialog, needed } from './lacking';
import { paper } from './paper';
import type { Ports } from './ports';
import { replies } from './replies';
import { sign } from './sign';

/** The screen of a live session. */
export function session(model: Model, ports: Ports): TemplateResult {
  const of = model.snapshot?.session;
  if (!of) return html``;
  switch (stageOf(model)) {
    case 'waiting':
      return waiting(model, of, ports);
    case 'ringing':
      return ringing(of, ports);
    case 'joining':
      return notice(icons.speech, t('kiosk.joining.title'), t('kiosk.joining.text'), true);
    case 'held':
      return notice(icons.pause, t('kiosk.held.title'), t('kiosk.held.text'), false);
    case 'dropped':
      return notice(icons.unplug, t('kiosk.dropped.title'), t('kiosk.dropped.text'), true, t('kiosk.dropped.trying'));
    case 'call':
      if (model.sign.step !== 'off') return sign(model, of, ports);
      if (model.paper.step !== 'off') return paper(model, ports);
      if (model.viewing !== null) return papers(model, of, ports);
      return call(model, of, ports);
  }
}

function waiting(model: Model, of: KioskSession, ports: Ports): TemplateResult {
  return html`
    <section class="waiting">
      <div class="waiting-main">
        <h1>${of.parked ? t('kiosk.parked.title') : t('kiosk.waiting.title')}</h1>
        ${of.ticket === null ? nothing : html`<p class="number">${t('kiosk.waiting.number')} <strong>${of.ticket}</strong></p>`}
        <p class="lead">${of.parked ? t('kiosk.parked.text') : `${sentence(of)} ${estimate(of)}`}</p>
        <p class="lead"><strong>${t(model.home ? 'kiosk.own.stay' : 'kiosk.waiting.stay')}</strong></p>
        <div class="card">
          <p class="small">${t('kiosk.waiting.service')}</p>
          <p class="card-title">${of.service.title}</p>
          ${of.appointment_at === null || of.ticket !== null
            ? nothing
            : html`<p>${t('kiosk.waiting.appointment', { time: timeOf(of.appointment_at) })}</p>`}
          <h2>${t('kiosk.waiting.needed')}</h2>
          ${needed(of, ports)}
        </div>
      </div>
      <div class="waiting-side">
        <figure class="mirror">
          ${ports.own}
          <figcaption>${model.fault === null ? t('kiosk.waiting.self') : t(`kiosk.fault.${model.fault}`)}</figcaption>
        </figure>
        ${reading(model, ports)}
        <div class="privacy">
          <p>${t('kiosk.waiting.privacy', { titolare: of.titolare || (model.snapshot?.entity.name ?? '') })}</p>
          ${of.privacy_notice === ''
            ? nothing
            : html`<button class="button" type="button" @click=${() => ports.send({ kind: 'privacyToggled' })}>
                ${t('kiosk.waiting.privacy_open')}
              </button>`}
        </div>
      </div>
      ${model.privacy ? privacy(of, ports) : dialog(model, of, ports)}
    </section>
  `;
}

const privacy = (of: KioskSession, ports: Ports): TemplateResult => html`
  <dialog class="dialog tall" ${modal()} aria-labelledby="privacy-title" @cancel=${() => ports.send({ kind: 'privacyToggled' })}>
    <h2 id="privacy-title">${t('kiosk.privacy.title')}</h2>
    <div class="reading" tabindex="0">${of.privacy_notice.split('\n').map((line) => html`<p>${line}</p>`)}</div>
    <button class="button primary" type="button" @click=${() => ports.send({ kind: 'privacyToggled' })}>
      ${t('kiosk.privacy.close')}
    </button>
  </dialog>
`;

function sentence(of: KioskSession): string {
  const office = [of.office, of.titolare].filter((name) => name !== '').join(', ');
  const ahead = (of.position ?? 0) - 1;
  if (of.position === null || ahead < 0) return t('kiosk.waiting.sentence_unknown', { office });
  if (ahead === 0) return t('kiosk.waiting.sentence_next', { office });
  return ahead === 1
    ? t('kiosk.waiting.sentence_one', { office })
    : t('kiosk.waiting.sentence_many', { office, count: ahead });
}

function estimate(of: KioskSession): string {
  const minutes = of.estimate_minutes;
  if (minutes === null) return '';
  if (minutes < 1) return t('kiosk.waiting.soon');
  return minutes === 1 ? t('kiosk.waiting.minutes_one') : t('kiosk.waiting.minutes', { minutes });
}

const ringing = (of: KioskSession, ports: Ports): TemplateResult => html`
  <section class="center">
    <div class="pulse">${icons.person}</div>
    <h1>
      ${of.operator_name === null ? t('kiosk.ringing.title_unknown') : t('kiosk.ringing.title', { operator: of.operator_name })}
    </h1>
    <p class="lead">${t('kiosk.ringing.text', { titolare: of.titolare })}</p>
    <figure class="mirror small-mirror">${ports.own}<figcaption>${t('kiosk.waiting.self')}</figcaption></figure>
  </section>
`;

const notice = (icon: TemplateResult, title: string, body: string, moving: boolean, trying = ''): TemplateResult => html`
  <section class="center">
    <div class="badge">${icon}</div>
    <h1>${title}</h1>
    <p class="lead">${body}</p>
    ${moving ? html`<div class="spinner" aria-hidden="true"></div>` : nothing}
    ${trying === '' ? nothing : html`<p class="small">${trying}</p>`}
  </section>
`;

/** What the button of papers says: what is captured already, what is asked for, or just what it does. */
function paperButton(model: Model, of: KioskSession): string {
  const { length } = model.paper.pages;
  if (length > 0) return length === 1 ? t('kiosk.paper.resume_one') : t('kiosk.paper.resume', { pages: length });
  return of.ask?.kind === 'paper' ? t('kiosk.paper.show', { name: of.ask.name }) : t('kiosk.call.paper');
}

/** For who reads instead of hearing. */
const reading = (model: Model, ports: Ports): TemplateResult => html`<button
  class="button"
  type="button"
  aria-pressed=${model.look.reads}
  @click=${() => ports.send({ kind: 'readingToggled' })}
>
  ${icons.read}<span>${t('kiosk.read.on')}</span>
</button>`;

function call(model: Model, of: KioskSession, ports: Ports): TemplateResult {
  const documents = of.documents.filter((d) => d.source !== 'kiosk_capture');
  const { reads } = model.look;
  const lines = of.chat.slice(reads ? -8 : -3);
  const quality = model.call.quality === 'poor' || model.call.quality === 'bad' ? model.call.quality : null;
  return html`
    <section class="call">
      <h1 class="hidden">${t('kiosk.call.with', { operator: of.operator_name ?? '' })}</h1>
      <div class="stage ${model.call.screen ? 'sharing' : ''} ${reads ? 'reads' : ''}">
        ${model.call.screen ? html`<div class="shared" role="img" aria-label=${t('kiosk.call.screen')}>${ports.screen}</div>` : nothing}
        <div class="remote" role="img" aria-label=${t('kiosk.call.remote')}>${ports.other}</div>
        ${model.call.picture
          ? nothing
          : html`<div class="no-picture">${icons.person}<p>${t('kiosk.call.no_picture')}</p></div>`}
        <div class="who">
          <strong>${t('kiosk.call.with', { operator: of.operator_name ?? '' })}</strong>
          <span>${t('kiosk.call.office', { office: of.office, titolare: of.titolare })}</span>
          ${of.guests.length === 0 ? nothing : html`<span>${t('kiosk.call.guests', { names: of.guests.map((g) => g.name).join(', ') })}</span>`}
          ${quality === null ? nothing : html`<span class="poor">${t(`kiosk.call.quality_${quality}`)}</span>`}
        </div>
        ${ports.guests}
        <figure class="own" role="img" aria-label=${t('kiosk.call.self')}>${ports.own}</figure>
        ${lines.length === 0 && model.call.typing === '' && !reads
          ? nothing
          : html`<ul class="captions" aria-label=${t('kiosk.call.messages')}>
              ${lines.map(
                (line) => html`<li class=${line.side}>
                  ${line.side === 'kiosk' ? html`<b>${t('kiosk.call.mine')}: </b>` : nothing}${line.text}
                </li>`,
              )}
              ${model.call.typing === '' ? nothing : html`<li class="desk typing">${model.call.typing}<span class="caret" aria-hidden="true"></span></li>`}
              ${lines.length === 0 && model.call.typing === '' ? html`<li class="desk">${t('kiosk.read.empty')}</li>` : nothing}
            </ul>`}
        ${model.call.soundBlocked
          ? html`<button class="button primary sound" type="button">${icons.sound}${t('kiosk.call.sound')}</button>`
          : nothing}
      </div>
      <div class="actions">
        ${toSign(of) === undefined
          ? nothing
          : html`<button class="button primary" type="button" @click=${() => ports.send({ kind: 'signOpened' })}>
              ${icons.pen}<span>${t('kiosk.sign.open')}</span>
            </button>`}
        <button class="button" type="button" @click=${() => ports.send({ kind: 'paperOpened' })}>
          ${icons.camera}<span>${paperButton(model, of)}</span>
        </button>
        <button class="button" type="button" @click=${() => ports.send({ kind: 'repliesToggled' })}>
          ${icons.speech}<span>${t('kiosk.call.reply')}</span>
        </button>
        ${reading(model, ports)}
        ${documents.slice(-1).map(
          (d) => html`<button class="button" type="button" @click=${() => ports.send({ kind: 'documentOpened', id: d.id })}>
            ${icons.sheet}<span>${t('kiosk.call.document')}</span>
          </button>`,
        )}
        ${model.chatFailed ? html`<p class="alert" role="alert">${t('kiosk.chat.failed')}</p>` : nothing}
      </div>
      ${model.replies ? replies(model, ports) : nothing}
    </section>
  `;
}
