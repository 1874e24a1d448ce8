/** The desk's screen as a function of its state. */
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { elapsed, timeOf } from '../../packages/text/index';
import type { Model } from './model';
import { nameOf, offline, onBreak, sessionOf, waiting as count } from './state';
import { dialogs } from './views/dialogs';
import { matter } from './views/matter';
import { person } from './views/person';
import type { Ports } from './views/ports';
import { waiting } from './views/waiting';
import { errorText, t } from './words';

/** Where an operator signs in again and comes back to the desk. */
const SIGN_IN = '/accedi?ritorno=/operatore';

/** The whole screen. */
export const view = (model: Model, ports: Ports): TemplateResult => {
  const session = sessionOf(model);
  return html`
  <div class="desk">
    ${header(model, ports)}
    <div class="banners" role="status">
      ${model.phase === 'expired' ? nothing : offline(model) ? html`<p class="banner">${t('desk.offline.text')}</p>` : nothing}
      ${model.snapshot?.invitation
        ? html`<p class="banner practice">${t('desk.invite.you', { name: model.snapshot.invitation.from })}
            <a class="button small" href=${model.snapshot.invitation.link} target="_blank" rel="noopener">${t('desk.invite.go')}</a></p>`
        : nothing}
      ${session?.rehearsal ? html`<p class="banner practice">${t('desk.rehearsal.banner')}</p>` : nothing}
    </div>
    <main class="panes">
      <h1 class="hidden">${t('desk.title')}</h1>
      ${model.phase === 'boot'
        ? html`<p class="booting" role="status">${t('desk.boot')}</p>`
        : html`${waiting(model, ports)}${person(model, ports)}${matter(model, ports)}`}
    </main>
    ${toasts(model, ports)}
  </div>
  ${model.phase === 'expired' ? expired() : dialogs(model, ports)}
`;
};

/** The title of the browser's tab: it tells from afar that somebody waits. */
export function titleOf(model: Model): string {
  const session = sessionOf(model);
  if (session !== null) return t('desk.title.call', { name: nameOf(session) });
  return count(model) > 0 ? t('desk.title.waiting', { count: count(model) }) : t('desk.title');
}

function header(model: Model, ports: Ports): TemplateResult {
  const session = sessionOf(model);
  const since = session?.connected_at ?? session?.called_at ?? null;
  return html`
    <header class="header">
      <p class="fact entity"><span>${t('desk.header.entity')}</span><strong>${model.snapshot?.entity.name ?? ''}</strong></p>
      <p class="fact"><span>${t('desk.header.operator')}</span><strong>${model.snapshot?.operator.name ?? ''}</strong></p>
      <p class="fact clock">
        <span>${t('desk.header.call')}</span>
        <strong>${since === null ? '0:00' : elapsed(model.now + model.skew - Date.parse(since))}</strong>
      </p>
      <p class="fact clock"><span>${t('desk.header.clock')}</span><strong>${timeOf(model.now + model.skew)}</strong></p>
      <div class="tools">
        <button class="tool ${model.soundAllowed ? '' : 'attention'}" type="button" aria-keyshortcuts="S" @click=${ports.sound}>
          ${model.soundAllowed ? t('desk.header.sound_on') : t('desk.header.sound_off')}<kbd>S</kbd>
        </button>
        <button
          class="tool"
          type="button"
          aria-keyshortcuts="G"
          @click=${() => ports.send({ kind: 'dialogOpened', dialog: 'day', date: ports.today() })}
        >
          ${t('desk.header.day')}<kbd>G</kbd>
        </button>
        <button
          class="tool ${onBreak(model) ? 'attention' : ''}"
          type="button"
          aria-keyshortcuts="B"
          aria-pressed=${onBreak(model)}
          @click=${() => ports.send({ kind: 'breakToggled' })}
        >
          ${onBreak(model) ? t('desk.header.break_end') : t('desk.header.break')}<kbd>B</kbd>
        </button>
        <form method="post" action="/operatore/prova" target="_blank"><button class="tool" type="submit">${t('desk.header.rehearse')}</button></form>
        <a class="tool" href="/operatore/colloqui" target="_blank" rel="noopener">${t('desk.header.past')}</a>
        <button class="tool" type="button" aria-keyshortcuts="?" @click=${() => ports.send({ kind: 'dialogOpened', dialog: 'keys' })}>
          ${t('desk.header.keys')}<kbd>?</kbd>
        </button>
        <form method="post" action="/esci"><button class="tool" type="submit">${t('desk.header.leave')}</button></form>
      </div>
    </header>
  `;
}

const expired = (): TemplateResult => html`
  <div class="curtain" role="alertdialog" aria-modal="true" aria-labelledby="expired-title" aria-describedby="expired-text">
    <div class="dialog standing">
      <h2 id="expired-title">${t('desk.expired.title')}</h2>
      <p id="expired-text">${t('desk.expired.text')}</p>
      <a class="button primary" href=${SIGN_IN}>${t('desk.expired.link')}</a>
    </div>
  </div>
`;

const toasts = (model: Model, ports: Ports): TemplateResult => html`
  <section class="toasts" aria-label=${t('desk.toast.region')} aria-live="assertive">
    ${repeat(
      model.toasts,
      (one) => one.id,
      (one) => html`<div class="toast ${one.tone}">
        <p>
          ${errorText(one.text)}
          ${one.reference === '' ? nothing : html`<small>${t('desk.toast.reference', { reference: one.reference })}</small>`}
        </p>
        <button class="button small" type="button" aria-label=${t('desk.toast.dismiss')} @click=${() => ports.send({ kind: 'dismissed', id: one.id })}>
          ${t('desk.dialog.close')}
        </button>
      </div>`,
    )}
  </section>
`;
