/** The screens of the guided test: one part at a time, and what was found. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Model, Part, Trial } from '../model';
import { SPOTS } from '../selftest';
import { t } from '../words';
import * as icons from './icons';
import type { Ports } from './ports';

/** The screen of the part that is tried now. */
export function selfTest(model: Model, ports: Ports): TemplateResult {
  const trial = model.trial;
  if (trial === null) return html``;
  const { step } = trial;
  if (step === 'done') return done(trial, ports);
  return html`
    <section class="center test" data-part=${step}>
      <p class="small">${t('kiosk.test.step', { step: trial.parts.indexOf(step) + 1, steps: trial.parts.length })}</p>
      <h1>${t(`kiosk.test.${step}`)}</h1>
      <p class="lead">${step === 'camera' && model.fault !== null ? t(`kiosk.fault.${model.fault}`) : t(`kiosk.test.${step}_text`)}</p>
      ${apparatus(step, trial, ports)}
      <div class="row">
        ${answers(step, trial, ports)}
        <button class="button" type="button" @click=${() => ports.send({ kind: 'testSkipped' })}>${t('kiosk.test.skip')}</button>
      </div>
    </section>
  `;
}

function apparatus(step: Part, trial: Trial, ports: Ports): TemplateResult | typeof nothing {
  if (trial.state === 'busy') return html`<div class="spinner" role="status" aria-label=${t('kiosk.test.busy')}></div>`;
  switch (step) {
    case 'camera':
      return html`<figure class="mirror small-mirror">${ports.own}</figure>`;
    case 'microphone':
      return html`<label class="check-level"><span>${icons.speech}${t('kiosk.test.level')}</span>${ports.level}</label>`;
    case 'touch':
      return html`<div class="spots">
        ${Array.from({ length: SPOTS }, (_, spot) => {
          const touched = trial.spots.includes(spot);
          return html`<button class="spot" type="button" aria-pressed=${touched} aria-label=${t('kiosk.test.spot', { spot: spot + 1 })}
            @pointerdown=${() => ports.send({ kind: 'testSpot', spot })}>${touched ? icons.check : spot + 1}</button>`;
        })}
      </div>`;
    default:
      return nothing;
  }
}

function answers(step: Part, { state }: Trial, ports: Ports): TemplateResult | typeof nothing {
  if (step === 'network' || state === 'busy') return nothing; // the machine answers
  const no = html`<button class="button danger" type="button" @click=${() => ports.send({ kind: 'testAnswered', ok: false })}>${t(`kiosk.test.${step}_no`)}</button>`;
  const yes = (label: string): TemplateResult =>
    html`<button class="button primary" type="button" @click=${() => ports.send({ kind: 'testAnswered', ok: true })}>${label}</button>`;
  if (step === 'microphone' || step === 'touch') return no;
  if (step === 'camera') return html`${yes(t('kiosk.test.camera_yes'))}${no}`;
  const label = t(`kiosk.test.${step}_start`);
  if (state === 'ready') return html`<button class="button primary" type="button" @click=${() => ports.send({ kind: 'testStarted' })}>${label}</button>`;
  return html`<p class="lead" role="alert">${t(`kiosk.test.${step}_ask`)}</p>${yes(t(`kiosk.test.${step}_yes`))}${no}
    <button class="button" type="button" @click=${() => ports.send({ kind: 'testStarted' })}>${t('kiosk.test.again')}</button>`;
}

const done = ({ parts, found, sent }: Trial, ports: Ports): TemplateResult => html`
  <section class="center test">
    <h1>${Object.values(found).includes(false) ? t('kiosk.test.ill') : t('kiosk.test.well')}</h1>
    <ul class="needed">
      ${parts.map((part) => {
        const ok = found[part];
        const word = ok === undefined ? t('kiosk.test.untried') : ok ? t('kiosk.test.ok') : t('kiosk.test.failed');
        return html`<li class=${ok ? '' : 'lacks'}>${ok ? icons.check : ok === false ? icons.cross : icons.question}<span>${t(`kiosk.test.name_${part}`)}: <strong>${word}</strong></span></li>`;
      })}
    </ul>
    <p class=${sent === 'failed' ? 'alert' : 'lead'} role="status">${t(`kiosk.test.sent_${sent}`)}</p>
    <div class="row">
      ${sent === 'failed' ? html`<button class="button" type="button" @click=${() => ports.send({ kind: 'testSend' })}>${t('kiosk.test.send')}</button>` : nothing}
      <button class="button primary" type="button" @click=${() => ports.send({ kind: 'testClosed' })}>${t('kiosk.test.close')}</button>
    </div>
  </section>
`;
