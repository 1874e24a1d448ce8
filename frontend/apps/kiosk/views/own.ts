/** The screens of who talks from their own telephone or computer: trying it out, and what differs from a kiosk. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Model } from '../model';
import { t } from '../words';
import * as icons from './icons';
import { languages } from './languages';
import type { Ports } from './ports';

/** Camera, microphone and loudspeaker, and the way in. */
export const check = (model: Model, ports: Ports): TemplateResult => html`
  <section class="check">
    <div>
      <h1>${t('kiosk.own.title')}</h1>
      ${languages(model, ports)}
      <p class="lead">${t('kiosk.own.text', { entity: model.snapshot?.entity.name ?? '' })}</p>
    </div>
    <figure class="mirror">
      ${ports.own}
      <figcaption>${model.fault === null ? t('kiosk.own.camera') : t(`kiosk.own.fault_${model.fault}`)}</figcaption>
    </figure>
    <div class="check-steps">
      <label class="check-level"><span>${icons.speech}${t('kiosk.own.microphone')}</span>${ports.level}</label>
      <button class="button" type="button" @click=${() => ports.send({ kind: 'soundTried' })}>${icons.sound}<span>${t('kiosk.own.speaker')}</span></button>
      <button class="button primary" type="button" ?disabled=${model.busy} @click=${() => ports.send({ kind: 'ownStarted', requestId: ports.newId() })}>
        ${model.busy ? t('kiosk.own.busy') : t('kiosk.own.enter')}${model.busy ? nothing : icons.arrow}
      </button>
      <p class="small">${t('kiosk.own.when')}</p>
    </div>
  </section>
`;

/** A browser that did not come by an appointment's link. */
export const unknown = (): TemplateResult => html`
  <section class="center">
    <div class="badge warn">${icons.question}</div>
    <h1>${t('kiosk.own.unknown')}</h1>
    <p class="lead">${t('kiosk.own.unknown_text')}</p>
    <a class="button primary" href="/prenota">${t('kiosk.own.book')}</a>
  </section>
`;
