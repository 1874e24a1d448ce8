/** The window in which a person is passed to another office or colleague. */
import { html, nothing, type TemplateResult } from 'lit';
import type { PassTo } from '../../../packages/api/desk';
import type { Model, Passing } from '../model';
import { canPass } from '../passing';
import { errorText, t } from '../words';
import type { Ports } from './ports';

/** The form. */
export function passing(model: Model, of: Passing, ports: Ports): TemplateResult {
  if (of.targets === null) return html`<p role="status">${t('desk.pass.reading')}</p>`;
  if (of.targets === 'unread') {
    return html`<p role="alert">${t('desk.pass.unread')}</p>
      <button class="button" type="button" @click=${() => ports.send({ kind: 'dialogOpened', dialog: 'pass' })}>${t('desk.day.retry')}</button>`;
  }
  const { offices, colleagues } = of.targets;
  if (offices.length + colleagues.length === 0) return html`<p>${t('desk.pass.nowhere')}</p>`;
  const submit = (event: globalThis.Event): void => {
    event.preventDefault();
    ports.send({ kind: 'passAsked' });
  };
  return html`
    <form class="pass" @submit=${submit}>
      ${colleagues.length === 0
        ? nothing
        : group(t('desk.pass.colleagues'), colleagues.map((c) => ({ to: { colleague_id: c.id }, name: c.name, text: stateOf(c) })), of, ports)}
      ${offices.length === 0
        ? nothing
        : group(t('desk.pass.offices'), offices.map((o) => ({ to: { office_id: o.id }, name: o.name, text: desksOf(o) })), of, ports)}
      <label class="field">
        <span>${t('desk.pass.why')}</span>
        <textarea
          rows="2"
          maxlength="200"
          aria-describedby="pass-hint"
          .value=${of.why}
          @input=${(e: globalThis.Event) => ports.send({ kind: 'passReasoned', why: (e.target as HTMLTextAreaElement).value })}
        ></textarea>
        <small id="pass-hint" class="muted">${t('desk.pass.hint')}</small>
      </label>
      ${of.wrong === '' ? nothing : html`<p class="fault" role="alert">${errorText(of.wrong)}</p>`}
      <button class="button primary" type="submit" ?disabled=${!canPass(model)}>
        ${model.busy === 'pass' ? t('desk.pass.sending') : t('desk.pass.send')}
      </button>
    </form>
  `;
}

interface Choice { readonly to: PassTo; readonly name: string; readonly text: string }

const group = (title: string, choices: readonly Choice[], of: Passing, ports: Ports): TemplateResult => html`
  <fieldset>
    <legend>${title}</legend>
    ${choices.map(
      ({ to, name, text }) => html`<label class="pick">
        <input
          type="radio"
          name="to"
          .checked=${JSON.stringify(of.to) === JSON.stringify(to)}
          @change=${() => ports.send({ kind: 'passChosen', to })}
        />
        <span>${name}</span><small class="muted">${text}</small>
      </label>`,
    )}
  </fieldset>
`;

function stateOf({ present, busy }: { readonly present: boolean; readonly busy: boolean }): string {
  if (busy) return t('desk.pass.busy');
  return present ? t('desk.pass.free') : t('desk.pass.absent');
}

function desksOf({ answers, desks }: { readonly answers: boolean; readonly desks: number }): string {
  if (!answers) return t('desk.pass.closed');
  return desks === 0 ? t('desk.pass.no_desk') : desks === 1 ? t('desk.pass.one_desk') : t('desk.pass.desks', { count: desks });
}
