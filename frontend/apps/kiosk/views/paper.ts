/** Showing a paper: lay it in the frame, take the picture, say yes to it. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Model } from '../model';
import { t } from '../words';
import * as icons from './icons';
import type { Ports } from './ports';

/** The step of the paper the citizen is at. */
export function paper(model: Model, ports: Ports): TemplateResult {
  switch (model.paper.step) {
    case 'aim':
    case 'off':
      return aim(model, ports);
    case 'sent':
      return html`<section class="center">
        <div class="badge good">${icons.check}</div>
        <h1>${t('kiosk.paper.sent')}</h1>
      </section>`;
    case 'review':
    case 'sending':
    case 'failed':
      return review(model, ports);
  }
}

function aim(model: Model, ports: Ports): TemplateResult {
  const blind = model.fault !== null;
  return html`
    <section class="shoot">
      <h1>${t('kiosk.paper.aim')}</h1>
      <p class="lead">${blind ? t('kiosk.paper.no_camera') : t('kiosk.paper.aim_text')}</p>
      <div class="viewfinder" role="img" aria-label=${t('kiosk.paper.view')}>${ports.own}<div class="frame"></div></div>
      <div class="row">
        <button class="button primary" type="button" ?disabled=${blind} @click=${() => ports.send({ kind: 'paperShoot' })}>
          ${icons.camera}<span>${t('kiosk.paper.shoot')}</span>
        </button>
        <button class="button" type="button" @click=${() => ports.send({ kind: 'paperClosed' })}>${t('kiosk.paper.cancel')}</button>
      </div>
    </section>
  `;
}

function review(model: Model, ports: Ports): TemplateResult {
  const { step, picture, detail } = model.paper;
  const sending = step === 'sending';
  return html`
    <section class="shoot">
      <h1>${sending ? t('kiosk.paper.sending') : t('kiosk.paper.review')}</h1>
      ${step === 'failed'
        ? html`<p class="alert" role="alert">${detail || t('kiosk.paper.failed')}</p>`
        : html`<p class="lead">${t('kiosk.paper.review_text')}</p>`}
      <div class="viewfinder">
        ${picture === '' ? nothing : html`<img src=${picture} alt=${t('kiosk.paper.picture')} />`}
        ${sending ? html`<div class="spinner" aria-hidden="true"></div>` : nothing}
      </div>
      <div class="row">
        <button
          class="button primary"
          type="button"
          ?disabled=${sending || picture === ''}
          @click=${() => ports.send({ kind: 'paperAccepted' })}
        >
          ${icons.check}<span>${t('kiosk.paper.accept')}</span>
        </button>
        <button class="button" type="button" ?disabled=${sending} @click=${() => ports.send({ kind: 'paperRetake' })}>
          ${icons.retake}<span>${t('kiosk.paper.retake')}</span>
        </button>
        <button class="button" type="button" ?disabled=${sending} @click=${() => ports.send({ kind: 'paperClosed' })}>
          ${t('kiosk.paper.cancel')}
        </button>
      </div>
    </section>
  `;
}
