/** Windows over the desk: keys, devices, the day, a paper, and one question. */
import { html, nothing, type TemplateResult } from 'lit';
import { modal } from '../../../packages/a11y/index';
import { pagesOf, type Paper } from '../../../packages/api/types';
import type { Device } from '../../../packages/call/index';
import { dateOf, isoDate, timeOf } from '../../../packages/text/index';
import { KEYS } from '../keys';
import type { Day, Model } from '../model';
import { canConfirm, nameOf, sessionOf } from '../state';
import { maybe, t } from '../words';
import { askPaper, askSignature } from './asking';
import { inviting } from './inviting';
import { passing } from './passing';
import type { Ports } from './ports';

const DAY_MS = 86_400_000;

/** The open window, if any. */
export function dialogs(model: Model, ports: Ports): TemplateResult | typeof nothing {
  switch (model.dialog) {
    case 'keys':
      return frame(t('desk.keys.title'), keys(model, ports), ports);
    case 'devices':
      return frame(t('desk.devices.title'), devices(model, ports), ports);
    case 'emergency':
      return sessionOf(model) === null ? nothing : frame(t('desk.emergency.title'), emergency(model, ports), ports);
    case 'day':
      return model.day === null
        ? nothing
        : frame(t('desk.day.title', { date: dateOf(`${model.day.date}T12:00:00Z`) }), day(model.day, ports), ports, 'wide');
    case 'paper':
      return paper(model, ports);
    case 'no_show':
      return noShow(model, ports);
    case 'chosen':
      return model.choosing === null ? nothing : frame(t('desk.chosen.title'), chosen(model, model.choosing.why, ports), ports);
    case 'invite':
      return model.inviting === null ? nothing : frame(t('desk.invite.title'), inviting(model, model.inviting, ports), ports);
    case 'ask_signature':
      return model.asking === null ? nothing : frame(t('desk.ask.signature'), askSignature(model.asking, sessionOf(model)?.documents ?? [], ports), ports);
    case 'ask_paper':
      return model.asking === null ? nothing : frame(t('desk.ask.paper'), askPaper(model.asking, ports), ports);
    case 'pass':
      return model.passing === null ? nothing : frame(t('desk.pass.title'), passing(model, model.passing, ports), ports);
    case null:
      return nothing;
  }
}

const frame = (title: string, body: TemplateResult, ports: Ports, size = ''): TemplateResult => html`
  <dialog class="dialog ${size}" ${modal()} aria-labelledby="dialog-title" @cancel=${() => ports.send({ kind: 'dialogClosed' })}>
    <div class="bar">
      <h2 id="dialog-title">${title}</h2>
      <button class="button small" type="button" @click=${() => ports.send({ kind: 'dialogClosed' })}>
        ${t('desk.dialog.close')}<kbd>Esc</kbd>
      </button>
    </div>
    ${body}
  </dialog>
`;

const keys = (model: Model, ports: Ports): TemplateResult => html`
  <label class="switch">
    <input type="checkbox" .checked=${model.shortcuts} @change=${() => ports.send({ kind: 'shortcutsToggled' })} />
    <span>${t('desk.keys.toggle')}</span>
  </label>
  <dl class="keys">
    ${KEYS.map(([key, name]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${t(`desk.key.${name}`)}</dd></div>`)}
  </dl>
  <p class="muted">${t('desk.keys.hint')}</p>
`;

/** Asks once, then shows what to say to the rescue services. */
function emergency({ help }: Model, ports: Ports): TemplateResult {
  if (help === 'ask' || help === 'calling') {
    return html`<p>${t('desk.emergency.text')}</p>
      <div class="row">
        <button class="button danger" type="button" autofocus ?disabled=${help === 'calling'} @click=${() => ports.send({ kind: 'helpCalled' })}>
          ${t('desk.emergency.call')}
        </button>
        <button class="button" type="button" @click=${() => ports.send({ kind: 'dialogClosed' })}>${t('desk.emergency.no')}</button>
      </div>`;
  }
  return html`<p role="status">${help.told ? t('desk.emergency.told') : t('desk.emergency.home')}</p>
    <p class="big">${t('desk.emergency.number')}</p>
    ${help.address === '' ? nothing : html`<p>${t('desk.emergency.say')}</p><p class="big">${[help.kiosk, help.place, help.address].join(', ')}</p>`}`;
}

function devices(model: Model, ports: Ports): TemplateResult {
  const found = model.devices;
  if (found === null) return html`<p>${t('desk.devices.closed')}</p>`;
  const choose = (label: string, device: 'camera' | 'microphone', list: readonly Device[], used: string): TemplateResult => html`
    <label class="field">
      <span>${label}</span>
      <select
        @change=${(e: globalThis.Event) => ports.send({ kind: 'deviceChosen', device, id: (e.target as HTMLSelectElement).value })}
      >
        ${list.length === 0 ? html`<option>${t('desk.devices.none')}</option>` : nothing}
        ${list.map(
          (d, i) => html`<option value=${d.id} ?selected=${d.id === used}>
            ${d.label || t('desk.devices.unnamed', { number: i + 1 })}
          </option>`,
        )}
      </select>
    </label>
  `;
  return html`
    ${choose(t('desk.devices.camera'), 'camera', found.cameras, found.camera)}
    ${choose(t('desk.devices.microphone'), 'microphone', found.microphones, found.microphone)}
  `;
}

function day(of: Day, ports: Ports): TemplateResult {
  const move = (by: number): void =>
    ports.send({ kind: 'dialogOpened', dialog: 'day', date: isoDate(Date.parse(`${of.date}T12:00:00Z`) + by * DAY_MS) });
  return html`
    <div class="bar">
      <button class="button small" type="button" @click=${() => move(-1)}>${t('desk.day.previous')}</button>
      <button class="button small" type="button" @click=${() => move(1)}>${t('desk.day.next')}</button>
    </div>
    <div class="list" tabindex="0" aria-live="polite">
      ${of.status === 'loading' ? html`<p>${t('desk.day.loading')}</p>` : nothing}
      ${of.status === 'failed'
        ? html`<p>${t('desk.day.failed')}</p>
            <button class="button small" type="button" @click=${() => move(0)}>${t('desk.day.retry')}</button>`
        : nothing}
      ${of.status === 'ready' && of.appointments.length === 0 ? html`<p>${t('desk.day.empty')}</p>` : nothing}
      ${of.appointments.length === 0
        ? nothing
        : html`<table>
            <thead>
              <tr>
                <th scope="col">${t('desk.day.time')}</th>
                <th scope="col">${t('desk.day.citizen')}</th>
                <th scope="col">${t('desk.day.service')}</th>
                <th scope="col">${t('desk.day.kiosk')}</th>
                <th scope="col">${t('desk.day.state')}</th>
              </tr>
            </thead>
            <tbody>
              ${of.appointments.map(
                (a) => html`<tr>
                  <td>${timeOf(a.starts_at)}</td>
                  <td>${a.citizen}</td>
                  <td>${a.service}</td>
                  <td>${a.kiosk}</td>
                  <td>${maybe(`desk.state.${a.state}`) ?? ''}</td>
                </tr>`,
              )}
            </tbody>
          </table>`}
    </div>
  `;
}

function paper(model: Model, ports: Ports): TemplateResult | typeof nothing {
  const shown = sessionOf(model)?.documents.find((d) => d.id === model.viewing);
  if (shown === undefined) return nothing;
  return frame(
    shown.name,
    html`
      ${shown.source === 'desk_upload' ? html`<p class="muted">${t('desk.paper.point')}</p>` : nothing}
      <div class="sheet" tabindex="0">
        ${pagesOf(shown).map((page, i) => html`<img src=${page} loading="lazy" alt=${shown.name} @click=${(e: MouseEvent) => point(e, shown, i + 1, ports)} />`)}
      </div>
      <a class="button primary" href=${originalOf(shown)} target="_blank" rel="noopener">${t('desk.paper.open_new')}</a>
    `,
    ports,
    'wide',
  );
}

/** A click on a page of one's own document marks the place at the kiosk. */
function point(event: MouseEvent, of: Paper, page: number, ports: Ports): void {
  if (of.source !== 'desk_upload') return;
  const picture = event.currentTarget as HTMLImageElement;
  const box = picture.getBoundingClientRect();
  const at = {
    document: of.id,
    page,
    x: (event.clientX - box.left) / box.width,
    y: (event.clientY - box.top) / box.height,
    width: picture.naturalWidth,
    height: picture.naturalHeight,
  };
  ports.send({ kind: 'pointed', at });
}

/** The file as it was received, where the server keeps it beside its pictures. */
function originalOf(shown: Paper): string {
  const url = new URL(shown.url, location.href);
  url.search = '?original=true';
  return url.href;
}

function chosen(model: Model, why: string, ports: Ports): TemplateResult {
  const submit = (event: globalThis.Event): void => {
    event.preventDefault();
    ports.send({ kind: 'chosenConfirmed', requestId: ports.newId() });
  };
  return html`<form class="pass" @submit=${submit}>
    <p>${t('desk.chosen.text')}</p>
    <label class="field">
      <span>${t('desk.pass.why')}</span>
      <textarea
        rows="2"
        maxlength="200"
        autofocus
        .value=${why}
        @input=${(e: globalThis.Event) => ports.send({ kind: 'chosenReasoned', why: (e.target as HTMLTextAreaElement).value })}
      ></textarea>
    </label>
    <button class="button primary" type="submit" ?disabled=${!canConfirm(model)}>${t('desk.chosen.call')}</button>
  </form>`;
}

function noShow(model: Model, ports: Ports): TemplateResult | typeof nothing {
  const session = sessionOf(model);
  if (session === null) return nothing;
  return html`
    <dialog class="dialog" ${modal()} aria-labelledby="dialog-title" @cancel=${() => ports.send({ kind: 'dialogClosed' })}>
      <h2 id="dialog-title">${t('desk.no_show.title')}</h2>
      <p>${t('desk.no_show.text', { name: nameOf(session) })}</p>
      <div class="bar">
        <button class="button" type="button" autofocus @click=${() => ports.send({ kind: 'dialogClosed' })}>${t('desk.no_show.no')}</button>
        <button class="button danger" type="button" @click=${() => ports.send({ kind: 'step', step: 'no_show' })}>
          ${t('desk.no_show.yes')}
        </button>
      </div>
    </dialog>
  `;
}
