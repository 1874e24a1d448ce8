/** The window in which an interpreter, a relative or a colleague is invited, and sent away. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Inviting, Model } from '../model';
import { sessionOf } from '../state';
import { errorText, t } from '../words';
import type { Ports } from './ports';

/** The form and who is invited. */
export function inviting(model: Model, of: Inviting, ports: Ports): TemplateResult {
  const guests = sessionOf(model)?.guests ?? [];
  const submit = (event: globalThis.Event): void => {
    event.preventDefault();
    ports.send({ kind: 'guestInvited', colleague: '' });
  };
  return html`
    ${guests.length === 0
      ? html`<p>${t('desk.invite.text')}</p>`
      : html`<ul class="invited">${guests.map((guest) => invited(guest, ports))}</ul>`}
    <form class="pass" @submit=${submit}>
      <label class="field">
        <span>${t('desk.invite.name')}</span>
        <input
          maxlength="60"
          autocomplete="off"
          .value=${of.name}
          @input=${(e: globalThis.Event) => ports.send({ kind: 'guestNamed', name: (e.target as HTMLInputElement).value })}
        />
      </label>
      ${of.wrong === '' ? nothing : html`<p class="fault" role="alert">${errorText(of.wrong)}</p>`}
      <button class="button primary" type="submit" ?disabled=${of.busy || of.name.trim() === ''}>${t('desk.invite.make')}</button>
    </form>
    ${of.colleagues.length === 0
      ? nothing
      : html`<h3>${t('desk.invite.colleagues')}</h3>
          <ul class="invited">
            ${of.colleagues.map(
              (c) => html`<li>
                <button class="button" type="button" ?disabled=${of.busy} @click=${() => ports.send({ kind: 'guestInvited', colleague: c.id })}>${c.name}</button>
                <small class="muted">${c.busy ? t('desk.pass.busy') : c.present ? t('desk.pass.free') : t('desk.pass.absent')}</small>
              </li>`,
            )}
          </ul>`}
  `;
}

const invited = ({ id, name, link }: { readonly id: string; readonly name: string; readonly link: string }, ports: Ports): TemplateResult => html`
  <li>
    <strong>${name}</strong>
    <label class="field">
      <span>${t('desk.invite.link')}</span>
      <input readonly .value=${link} @focus=${(e: FocusEvent) => (e.target as HTMLInputElement).select()} />
    </label>
    <div class="row">
      <button class="button small" type="button" @click=${() => void navigator.clipboard?.writeText(link)}>${t('desk.invite.copy')}</button>
      <button class="button small" type="button" @click=${() => ports.send({ kind: 'guestSentAway', id })}>${t('desk.invite.away')}</button>
    </div>
  </li>
`;
