/** Second pane: the person, as a picture that never changes its place. */
import { html, nothing, type TemplateResult } from 'lit';
import type { DeskSession } from '../../../packages/api/types';
import { timeOf } from '../../../packages/text/index';
import type { Model } from '../model';
import { claimable, sessionOf } from '../state';
import { can } from '../steps';
import { t } from '../words';
import type { Ports } from './ports';

/** The pane. */
export function person(model: Model, ports: Ports): TemplateResult {
  const session = sessionOf(model);
  return html`
    <section class="pane pane-person" aria-labelledby="person-title">
      <h2 id="person-title">
        ${session === null ? t('desk.person.title') : `${session.citizen.name} ${session.citizen.surname}`}
        ${session === null ? nothing : html`<span class="line ${model.call.quality}">${t(`desk.quality.${model.call.quality}`)}</span>`}
      </h2>
      <div class="screen">
        ${session === null ? idle(model, ports) : picture(model, session, ports)}
        ${session === null ? nothing : ports.guests}
        ${session !== null || model.breath === null
          ? html`<div class="own ${model.camera ? '' : 'off'}" role="img" aria-label=${t('desk.person.own')}>${ports.own}</div>`
          : nothing}
      </div>
      ${model.fault === null ? nothing : html`<p class="fault" role="alert">${t(`desk.fault.${model.fault}`)}</p>`}
      ${controls(model, session, ports)}
    </section>
  `;
}

function idle(model: Model, ports: Ports): TemplateResult {
  const since = model.snapshot?.break_since ?? null;
  if (since !== null && model.breath === null) {
    return html`<div class="quiet">
      <p class="big">${t('desk.break.title', { time: timeOf(since) })}</p>
      <p>${t('desk.break.text')}</p>
      <button class="button primary" type="button" @click=${() => ports.send({ kind: 'breakToggled' })}>${t('desk.header.break_end')}</button>
    </div>`;
  }
  if (model.breath !== null) {
    const { name, note, byCitizen } = model.breath;
    return html`<div class="quiet">
      <p class="big">${t('desk.person.breath')}</p>
      <p>${byCitizen ? t('desk.person.breath_citizen', { name }) : t('desk.person.breath_text', { name })}</p>
      ${note === ''
        ? nothing
        : html`<div class="kept"><p>${t('desk.person.breath_note')}</p><pre tabindex="0">${note}</pre></div>`}
      <button class="button primary" type="button" @click=${() => ports.send({ kind: 'rested' })}>${t('desk.person.ready')}</button>
    </div>`;
  }
  return html`<div class="quiet">
    <p class="big">${t('desk.person.idle')}</p>
    <p>${claimable(model) > 0 ? t('desk.person.idle_waiting') : t('desk.person.idle_text')}</p>
  </div>`;
}

function picture(model: Model, session: DeskSession, ports: Ports): TemplateResult {
  const message = overlay(model, session);
  return html`
    <div class="remote" role="img" aria-label=${t('desk.person.remote')}>${ports.other}</div>
    ${message === null
      ? nothing
      : html`<div class="overlay ${session.state === 'held' ? 'solid' : ''}" role="status">
          <p class="big">${message}</p>
          ${model.call.link === 'elsewhere'
            ? html`<button class="button primary" type="button" @click=${() => ports.send({ kind: 'takenBack' })}>
                ${t('desk.person.take_back')}
              </button>`
            : nothing}
        </div>`}
    ${model.call.typing.reads ? html`<p class="reads" role="status">${t('desk.person.reads')}</p>` : nothing}
    ${model.call.typing.text === '' ? nothing : html`<p class="typing">${t('desk.person.typing', { name: session.citizen.name, text: model.call.typing.text })}</p>`}
    ${model.call.soundBlocked
      ? html`<button class="button primary hear" type="button" @click=${ports.sound}>${t('desk.person.sound_blocked')}</button>`
      : nothing}
  `;
}

/** What lies over the picture, or null when the picture speaks for itself. */
function overlay(model: Model, session: DeskSession): string | null {
  const { link, peer, picture: seen } = model.call;
  if (link === 'elsewhere') return t('desk.person.elsewhere');
  if (session.state === 'held') return t('desk.person.held');
  if (link === 'lost' || peer === 'lost') return t('desk.person.dropped');
  if (seen && link === 'on') return null;
  if (session.state === 'dropped') return t('desk.person.dropped');
  if (session.state === 'called') return t('desk.person.called');
  if (link !== 'on') return t('desk.person.connecting');
  return peer === 'here' ? t('desk.person.no_picture') : t('desk.person.joining');
}

function controls(model: Model, session: DeskSession | null, ports: Ports): TemplateResult {
  const allowed = (step: 'hold' | 'resume' | 'recall' | 'no_show' | 'park' | 'pass'): boolean =>
    session !== null && model.busy === null && can(session.state, step);
  const held = session?.state === 'held';
  const button = (label: string, key: string, on: boolean, press: () => void, extra = ''): TemplateResult => html`
    <button class="control ${extra}" type="button" aria-keyshortcuts=${key} ?disabled=${!on} @click=${press}>
      <span>${label}</span><kbd>${key}</kbd>
    </button>
  `;
  const { microphone, camera } = model;
  return html`
    <div class="controls" role="group" aria-label=${t('desk.person.controls')}>
      ${button(
        microphone ? t('desk.person.mute') : t('desk.person.unmute'),
        'M',
        true,
        () => ports.send({ kind: 'microphoneToggled' }),
        microphone ? 'live' : 'cut',
      )}
      ${button(
        camera ? t('desk.person.camera_off') : t('desk.person.camera_on'),
        'V',
        true,
        () => ports.send({ kind: 'cameraToggled' }),
        camera ? 'live' : 'cut',
      )}
      ${button(model.sharing ? t('desk.person.unshare') : t('desk.person.share'), 'L', session !== null, () => ports.send({ kind: 'shareToggled' }), model.sharing ? 'cut' : '')}
      ${button(t('desk.person.devices'), 'D', true, () => ports.send({ kind: 'dialogOpened', dialog: 'devices' }))}
      ${button(held ? t('desk.person.resume') : t('desk.person.hold'), 'H', allowed(held ? 'resume' : 'hold'), () =>
        ports.send({ kind: 'step', step: held ? 'resume' : 'hold' }),
      )}
      ${button(t('desk.person.recall'), 'R', allowed('recall'), () => ports.send({ kind: 'step', step: 'recall' }))}
      ${button(t('desk.person.no_show'), 'A', allowed('no_show'), () =>
        ports.send({ kind: 'dialogOpened', dialog: 'no_show' }),
      )}
      ${button(t('desk.person.park'), 'K', allowed('park'), () => ports.send({ kind: 'step', step: 'park' }))}
      ${button(t('desk.person.invite'), 'W', session !== null, () => ports.send({ kind: 'dialogOpened', dialog: 'invite' }))}
      ${button(t('desk.person.emergency'), 'O', session !== null, () => ports.send({ kind: 'dialogOpened', dialog: 'emergency' }), 'alarm')}
      ${button(t('desk.person.pass'), 'T', allowed('pass'), () => ports.send({ kind: 'dialogOpened', dialog: 'pass' }))}
    </div>
  `;
}
