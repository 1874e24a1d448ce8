/** The kiosk's screen as a function of its state. */
import { html, nothing, type TemplateResult } from 'lit';
import { modal } from '../../packages/a11y/index';
import { timeOf } from '../../packages/text/index';
import type { Model } from './model';
import { FREE, idleSeconds, offline } from './state';
import * as entry from './views/entry';
import * as icons from './views/icons';
import * as own from './views/own';
import type { Ports } from './views/ports';
import { when } from './views/lacking';
import { receipt } from './views/receipt';
import { scanPanel } from './views/scan';
import { selfTest } from './views/selftest';
import { session } from './views/session';
import { walkIn } from './views/walkin';
import { t } from './words';

/** The whole screen. */
export const view = (model: Model, ports: Ports): TemplateResult => html`
  <div class="kiosk" data-screen=${model.screen}>
    ${header(model, ports)}
    <main class="main">${offline(model) ? down(model) : screen(model, ports)}</main>
    ${footer(model, ports)}
  </div>
  ${dialogs(model, ports)}
`;

function screen(model: Model, ports: Ports): TemplateResult {
  switch (model.screen) {
    case 'boot':
      return entry.boot();
    case 'enrol':
      return model.home ? own.unknown() : entry.enrol(model, ports);
    case 'start':
      return model.home ? own.check(model, ports) : entry.start(model, ports);
    case 'code':
      return entry.code(model, ports);
    case 'walkin':
      return walkIn(model, ports);
    case 'help':
      return entry.help(model, ports);
    case 'refusal':
      return entry.refusal(model, ports);
    case 'session':
      return session(model, ports);
    case 'selftest':
      return selfTest(model, ports);
    case 'end':
      return end(model, ports);
  }
}

const header = (model: Model, ports: Ports): TemplateResult => html`
  <header class="header">
    <div class="header-entity">
      <strong>${model.snapshot?.entity.name ?? t('kiosk.title')}</strong>
      <span>${model.snapshot === null ? '' : [model.snapshot.kiosk.name, model.snapshot.kiosk.place].filter(Boolean).join(' · ')}</span>
    </div>
    ${model.voice
      ? html`<button class="button slim" type="button" aria-pressed=${model.guide} @click=${() => ports.send({ kind: 'guideToggled' })}>
          ${model.guide ? icons.silent : icons.sound}
          <span>${model.guide ? t('kiosk.header.guide_off') : t('kiosk.header.guide_on')}</span>
        </button>`
      : nothing}
    <button class="button slim" type="button" aria-label=${t(`kiosk.header.text_${model.look.text}`)} @click=${() => ports.send({ kind: 'textGrown' })}>
      <span class="letters" aria-hidden="true">A<b>A</b></span>
    </button>
    <button
      class="button slim"
      type="button"
      aria-label=${t('kiosk.header.contrast')}
      aria-pressed=${model.look.contrast}
      @click=${() => ports.send({ kind: 'contrastToggled' })}
    >
      ${icons.contrast}
    </button>
    ${model.home
      ? nothing
      : html`<button
          class="button slim"
          type="button"
          aria-label=${t('kiosk.switch.title')}
          aria-pressed=${model.look.scan !== 'off'}
          @click=${() => ports.send({ kind: 'scanToggled' })}
        >
          ${icons.push}
        </button>`}
    <time class="clock">${timeOf(model.now + model.skew)}</time>
  </header>
`;

function footer(model: Model, ports: Ports): TemplateResult | typeof nothing {
  if (model.screen === 'session') {
    return html`<footer class="footer">
      ${!model.lineUp && !offline(model) ? html`<span class="small">${t('kiosk.offline.badge')}</span>` : nothing}
      <button class="button danger" type="button" @click=${() => ports.send({ kind: 'leaveAsked' })}>
        ${icons.bin}<span>${t('kiosk.leave.button')}</span>
      </button>
    </footer>`;
  }
  if (model.home || !FREE.includes(model.screen)) return nothing;
  return html`<footer class="footer">
    <button class="button" type="button" @click=${() => ports.send({ kind: 'home' })}>
      ${icons.bin}<span>${t('kiosk.leave.button')}</span>
    </button>
  </footer>`;
}

const down = (model: Model): TemplateResult => {
  const phone = model.snapshot?.entity.phone ?? '';
  return html`
    <section class="center" role="alert">
      <div class="badge warn">${icons.unplug}</div>
      <h1>${t('kiosk.offline.title')}</h1>
      <p class="lead">${t('kiosk.offline.text')}</p>
      ${model.typed === '' ? nothing : html`<p class="lead">${t('kiosk.offline.kept')}</p>`}
      ${phone === '' ? nothing : html`<p>${t('kiosk.offline.phone', { phone })}</p>`}
      <div class="spinner" aria-hidden="true"></div>
    </section>
  `;
};

const OUTCOMES = ['resolved', 'to_complete', 'redirected', 'not_resolved', 'no_show'] as const;

function end(model: Model, ports: Ports): TemplateResult {
  const { outcome, text, left } = model.end ?? { outcome: '', text: '', left: false };
  const known = OUTCOMES.find((word) => word === outcome);
  return html`
    <section class="center">
      <div class="badge good">${icons.check}</div>
      <h1>${outcome === 'moved' ? t('kiosk.lack.moved') : outcome === 'cancelled' ? t('kiosk.lack.cancelled') : t('kiosk.end.title')}</h1>
      <p class="lead">${told(outcome, text) ?? (left ? t('kiosk.end.left') : known === 'no_show' ? nothing : t('kiosk.end.done'))}</p>
      ${told(outcome, text) !== null
        ? nothing
        : text !== '' && model.look.language === 'it' // the server's sentence is Italian
        ? html`<p class="lead">${text}</p>`
        : known
          ? html`<p class="lead">${t(`kiosk.end.outcome.${known}`)}</p>`
          : nothing}
      ${receipt(model, ports)}
      ${model.home ? html`<p class="lead">${t('kiosk.own.end')}</p>` : html`<div class="card wiped">
        ${icons.bin}
        <p><strong>${t('kiosk.end.wiped')}</strong><br />${t('kiosk.end.wiped_text')}</p>
      </div>
      <button class="button primary" type="button" @click=${() => ports.send({ kind: 'home' })}>${t('kiosk.end.home')}</button>`}
    </section>
  `;
}

/** What an appointment that was moved or cancelled here is now, else null. */
function told(outcome: string, start: string): string | null {
  if (outcome === 'cancelled') return t('kiosk.lack.cancelled_text');
  return outcome === 'moved' ? t('kiosk.lack.moved_text', { when: when(start) }) : null;
}

function dialogs(model: Model, ports: Ports): TemplateResult | typeof nothing {
  const seconds = idleSeconds(model);
  if (seconds !== null) {
    return html`<dialog class="dialog" data-question ${modal()} aria-labelledby="idle-title" @cancel=${(e: globalThis.Event) => e.preventDefault()}>
      <h2 id="idle-title">${t('kiosk.idle.title')}</h2>
      <p class="lead">${t('kiosk.idle.text', { seconds })}</p>
      <div class="row">
        <button class="button primary" type="button" autofocus @click=${() => ports.send({ kind: 'touched' })}>${t('kiosk.idle.stay')}</button>
        <button class="button" type="button" @click=${() => ports.send({ kind: 'home' })}>${t('kiosk.idle.leave')}</button>
      </div>
    </dialog>`;
  }
  if (model.switches) return scanPanel(model, ports);
  if (model.leave !== 'ask') return nothing;
  const no = (): void => ports.send({ kind: 'leaveCancelled' });
  return html`<dialog class="dialog" ${modal()} aria-labelledby="leave-title" @cancel=${no}>
    <h2 id="leave-title">${t('kiosk.leave.title')}</h2>
    <p class="lead">${t('kiosk.leave.text')}</p>
    <div class="row">
      <button class="button" type="button" autofocus @click=${no}>${t('kiosk.leave.no')}</button>
      <button class="button danger" type="button" @click=${() => ports.send({ kind: 'leaveConfirmed' })}>${t('kiosk.leave.yes')}</button>
    </div>
  </dialog>`;
}
