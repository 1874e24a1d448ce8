/** The windows in which the operator asks for a paper or a signature, and the line that tells what became of it. */
import { html, nothing, type TemplateResult } from 'lit';
import type { DeskSession, Paper } from '../../../packages/api/types';
import { MOST_PAGES, ready } from '../asking';
import type { Asking } from '../model';
import { errorText, t } from '../words';
import type { Ports } from './ports';

const typed = (ports: Ports, field: 'name' | 'text') => (e: globalThis.Event): void =>
  ports.send({ kind: 'askTyped', change: { [field]: (e.target as HTMLInputElement | HTMLTextAreaElement).value } });

const submit = (ports: Ports) => (event: globalThis.Event): void => {
  event.preventDefault();
  ports.send({ kind: 'askSubmitted' });
};

const wrong = (of: Asking): TemplateResult | typeof nothing => (of.wrong === '' ? nothing : html`<p class="fault" role="alert">${errorText(of.wrong)}</p>`);

/** For a paper. */
export const askPaper = (of: Asking, ports: Ports): TemplateResult => html`
  <form class="pass" @submit=${submit(ports)}>
    <p>${t('desk.ask.paper_text')}</p>
    <label class="field">
      <span>${t('desk.ask.paper_name')}</span>
      <input type="text" maxlength="80" autocomplete="off" autofocus .value=${of.name} @input=${typed(ports, 'name')} />
    </label>
    <label class="field">
      <span>${t('desk.ask.pages')}</span>
      <select @change=${(e: globalThis.Event) => ports.send({ kind: 'askTyped', change: { pages: (e.target as HTMLSelectElement).selectedIndex } })}>
        ${Array.from({ length: MOST_PAGES + 1 }, (_, n) => html`<option ?selected=${n === of.pages}>${n === 0 ? t('desk.ask.pages_any') : n}</option>`)}
      </select>
    </label>
    ${wrong(of)}
    <button class="button primary" type="submit" ?disabled=${of.busy || !ready('ask_paper', of)}>${t('desk.ask.paper_send')}</button>
  </form>
`;

/** For a signature, on a document of the session or on a text. */
export const askSignature = (of: Asking, documents: readonly Paper[], ports: Ports): TemplateResult => html`
  <form class="pass" @submit=${submit(ports)}>
    <p>${t('desk.ask.signature_text')}</p>
    <label class="field">
      <span>${t('desk.ask.signature_what')}</span>
      <select autofocus @change=${(e: globalThis.Event) => ports.send({ kind: 'askTyped', change: { document: (e.target as HTMLSelectElement).value } })}>
        <option value="" ?selected=${of.document === ''}>${t('desk.ask.signature_own')}</option>
        ${documents.toReversed().map((d) => html`<option value=${d.id} ?selected=${d.id === of.document}>${d.name}</option>`)}
      </select>
    </label>
    ${of.document !== ''
      ? nothing
      : html`<label class="field">
            <span>${t('desk.ask.signature_title')}</span>
            <input type="text" maxlength="80" autocomplete="off" .value=${of.name} @input=${typed(ports, 'name')} />
          </label>
          <label class="field">
            <span>${t('desk.ask.signature_body')}</span>
            <textarea rows="6" maxlength="4000" .value=${of.text} @input=${typed(ports, 'text')}></textarea>
          </label>`}
    ${wrong(of)}
    <button class="button primary" type="submit" ?disabled=${of.busy || !ready('ask_signature', of)}>${t('desk.ask.signature_send')}</button>
  </form>
`;

/** What is asked and what became of the last, under the papers. */
export function asked(session: DeskSession, ports: Ports): TemplateResult | typeof nothing {
  const last = session.asks.at(-1);
  if (last === undefined) return nothing;
  return html`<p class="asked" role="status">
    <span>${t(`desk.ask.${last.kind}_${last.state}`, { name: last.name })}</span>
    ${last.state === 'open'
      ? html`<button class="button small" type="button" @click=${() => ports.send({ kind: 'askWithdrawn', id: last.id })}>${t('desk.ask.withdraw')}</button>`
      : nothing}
  </p>`;
}
