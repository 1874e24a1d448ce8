/** Signing: read it page by page, sign in the field or write one's name, or do not sign. */
import { html, nothing, type TemplateResult } from 'lit';
import { type KioskSession, pagesOf } from '../../../packages/api/types';
import type { Model } from '../model';
import { toSign } from '../sign';
import { t } from '../words';
import * as icons from './icons';
import { keyboard } from './keyboard';
import type { Ports } from './ports';

/** The step of the signature the citizen is at. */
export function sign(model: Model, of: KioskSession, ports: Ports): TemplateResult {
  switch (model.sign.step) {
    case 'signed':
      return html`<section class="center">
        <div class="badge good">${icons.check}</div>
        <h1>${t('kiosk.sign.signed')}</h1>
        <p class="lead">${t('kiosk.sign.signed_text')}</p>
      </section>`;
    case 'sending':
      return html`<section class="center">
        <div class="spinner" aria-hidden="true"></div>
        <h1>${t('kiosk.sign.sending')}</h1>
      </section>`;
    case 'draw':
      return draw(model, of, ports);
    case 'type':
      return type(model, of, ports);
    case 'read':
    case 'off':
      return read(model, of, ports);
  }
}

const alert = ({ sign: { failed } }: Model): TemplateResult | typeof nothing =>
  failed === null ? nothing : html`<p class="alert" role="alert">${failed || t('kiosk.sign.failed')}</p>`;

const no = (ports: Ports): TemplateResult =>
  html`<button class="button" type="button" @click=${() => ports.send({ kind: 'signRefused' })}>${icons.cross}<span>${t('kiosk.sign.refuse')}</span></button>`;

function read(model: Model, of: KioskSession, ports: Ports): TemplateResult {
  const document = toSign(of);
  const pages = document === undefined ? [] : pagesOf(document);
  const page = pages[model.page - 1];
  const last = model.page >= pages.length;
  const turn = (by: 1 | -1) => (): void => ports.send({ kind: 'signTurned', by });
  return html`
    <section class="shoot">
      <h1>${t('kiosk.sign.read')}</h1>
      <div class="shoot-say">
        <p class="asked">${icons.sheet}<span>${document?.name ?? ''}</span></p>
        <p class="lead">${pages.length < 2 ? t('kiosk.sign.read_text') : t('kiosk.sign.read_pages', { page: model.page, pages: pages.length })}</p>
        ${alert(model)}
      </div>
      <div class="viewfinder paper reading-page" tabindex="0">
        ${page === undefined ? nothing : html`<img src=${page} alt=${t('kiosk.sign.page', { name: document?.name ?? '', page: model.page })} />`}
      </div>
      <div class="row">
        ${pages.length < 2
          ? nothing
          : html`<button class="button" type="button" ?disabled=${model.page <= 1} @click=${turn(-1)}>${t('kiosk.document.previous')}</button>
              <button class="button ${last ? '' : 'primary'}" type="button" ?disabled=${last} @click=${turn(1)}>${t('kiosk.document.next')}</button>`}
        <button class="button primary" type="button" ?disabled=${Math.max(1, model.sign.seen) < pages.length || document === undefined} @click=${() => ports.send({ kind: 'signGo' })}>
          ${icons.pen}<span>${t('kiosk.sign.go')}</span>
        </button>
        ${no(ports)}
        <button class="button" type="button" @click=${() => ports.send({ kind: 'signClosed' })}>${t('kiosk.sign.ask')}</button>
      </div>
    </section>
  `;
}

const draw = (model: Model, of: KioskSession, ports: Ports): TemplateResult => html`
  <section class="shoot">
    <h1>${t('kiosk.sign.draw')}</h1>
    <div class="shoot-say">
      <p class="asked">${icons.sheet}<span>${toSign(of)?.name ?? ''}</span></p>
      <p class="lead">${t('kiosk.sign.draw_text')}</p>
      ${alert(model)}
    </div>
    <div class="pad-place" role="img" aria-label=${t('kiosk.sign.field')}>${ports.pad}</div>
    <div class="row">
      <button class="button primary" type="button" ?disabled=${!model.sign.drawn} @click=${() => ports.send({ kind: 'signConfirmed', requestId: ports.newId() })}>
        ${icons.check}<span>${t('kiosk.sign.confirm')}</span>
      </button>
      <button class="button" type="button" ?disabled=${!model.sign.drawn} @click=${() => ports.send({ kind: 'signCleared' })}>${icons.retake}<span>${t('kiosk.sign.clear')}</span></button>
      <button class="button" type="button" @click=${() => ports.send({ kind: 'signTyping' })}>${t('kiosk.sign.cannot')}</button>
      <button class="button" type="button" @click=${() => ports.send({ kind: 'signReread' })}>${t('kiosk.sign.reread')}</button>
      ${no(ports)}
    </div>
  </section>
`;

const type = (model: Model, of: KioskSession, ports: Ports): TemplateResult => html`
  <section class="shoot typing">
    <h1>${t('kiosk.sign.type')}</h1>
    <div class="shoot-say">
      <p class="asked">${icons.sheet}<span>${toSign(of)?.name ?? ''}</span></p>
      <p class="lead">${t('kiosk.sign.statement')}</p>
      ${alert(model)}
    </div>
    <div class="typing-keys">
      ${keyboard(
        model.draft,
        t('kiosk.sign.name'),
        html`<button class="button primary" type="button" ?disabled=${model.draft.trim() === ''} @click=${() => ports.send({ kind: 'signConfirmed', requestId: ports.newId() })}>
          ${t('kiosk.sign.state')}
        </button>`,
        ports,
        true,
      )}
    </div>
    <div class="row">
      <button class="button" type="button" @click=${() => ports.send({ kind: 'signGo' })}>${icons.pen}<span>${t('kiosk.sign.draw_instead')}</span></button>
      <button class="button" type="button" @click=${() => ports.send({ kind: 'signReread' })}>${t('kiosk.sign.reread')}</button>
      ${no(ports)}
    </div>
  </section>
`;
