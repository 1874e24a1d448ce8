/** Third pane: the matter. */
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import { BY_WHAT, type ByWhat, type DeskSession, OUTCOMES, type Paper } from '../../../packages/api/types';
import { timeOf } from '../../../packages/text/index';
import { canRecognise, FILE_TYPES } from '../matter';
import type { Model } from '../model';
import { sessionOf } from '../state';
import { openAsk } from '../asking';
import { can } from '../steps';
import { t } from '../words';
import { asked } from './asking';
import type { Ports } from './ports';

/** The pane. */
export function matter(model: Model, ports: Ports): TemplateResult {
  const session = sessionOf(model);
  return html`
    <section class="pane pane-matter" aria-labelledby="matter-title">
      <h2 id="matter-title">${t('desk.matter.title')}</h2>
      ${session === null
        ? html`<p class="muted">${t('desk.matter.empty')}</p>`
        : html`${facts(session)}${recognised(session, ports)}${papers(model, session, ports)}${chat(model, session, ports)}${outcome(model, session, ports)}`}
    </section>
  `;
}

const facts = (session: DeskSession): TemplateResult => html`
  <div class="facts" tabindex="0" role="region" aria-label=${t('desk.matter.facts')}>
    ${session.passed_by === '' ? nothing : html`<p class="mark">${t('desk.waiting.passed', { name: session.passed_by, why: session.passed_why })}</p>`}
    <dl>
      <dt>${t('desk.matter.service')}</dt>
      <dd>${session.service.title}</dd>
      ${session.appointment_at === null
        ? nothing
        : html`<dt>${t('desk.matter.appointment')}</dt>
            <dd>${session.ticket === null ? timeOf(session.appointment_at) : t('desk.waiting.walkin')}</dd>`}
      <dt>${t('desk.matter.kiosk')}</dt>
      <dd>${session.kiosk}</dd>
      ${session.details === ''
        ? nothing
        : html`<dt>${t('desk.matter.details')}</dt>
            <dd>${session.details}</dd>`}
      ${session.service.needed.length === 0
        ? nothing
        : html`<dt>${t('desk.matter.needed')}</dt>
            <dd><ul>${session.service.needed.map(
              (item) => html`<li>${item}${session.lacks.includes(item) ? html` <strong class="lacks">${t('desk.matter.lacks')}</strong>` : nothing}</li>`,
            )}</ul></dd>`}
    </dl>
  </div>
`;

/** How the person was recognised; the chosen way says by whom and when. */
function recognised(session: DeskSession, ports: Ports): TemplateResult {
  const known = session.identified;
  const option = (word: ByWhat): string => {
    const way = t(`desk.recognised.${word}`);
    return known?.by_what === word ? t('desk.recognised.by', { way, name: known.by, time: timeOf(known.at) }) : way;
  };
  return html`
    <div class="recognised">
      <label for="recognised">${t('desk.matter.recognised')}</label>
      <select
        id="recognised"
        ?disabled=${!canRecognise(session)}
        @change=${(e: globalThis.Event) => {
          const how = BY_WHAT.find((word) => word === (e.target as HTMLSelectElement).value);
          if (how !== undefined) ports.send({ kind: 'recognised', how });
        }}
      >
        <option value="" ?selected=${known === null} ?disabled=${known !== null}>${t('desk.recognised.not_yet')}</option>
        ${BY_WHAT.map((word) => html`<option value=${word} ?selected=${known?.by_what === word}>${option(word)}</option>`)}
      </select>
    </div>
  `;
}

const papers = (model: Model, session: DeskSession, ports: Ports): TemplateResult => html`
  <div class="papers">
    <div class="bar">
      <h3>${t('desk.matter.papers')}</h3>
      <button class="button small" type="button" aria-keyshortcuts="Q" ?disabled=${openAsk(model) !== null} @click=${() => ports.send({ kind: 'dialogOpened', dialog: 'ask_paper' })}>
        ${t('desk.ask.paper_button')}<kbd>Q</kbd>
      </button>
      <button class="button small" type="button" aria-keyshortcuts="F" ?disabled=${openAsk(model) !== null} @click=${() => ports.send({ kind: 'dialogOpened', dialog: 'ask_signature' })}>
        ${t('desk.ask.signature_button')}<kbd>F</kbd>
      </button>
      <button class="button small" type="button" aria-keyshortcuts="I" @click=${ports.pick}>
        ${model.uploads > 0 ? t('desk.matter.uploading') : t('desk.matter.upload')}<kbd>I</kbd>
      </button>
      <input
        id="file"
        class="hidden"
        type="file"
        tabindex="-1"
        multiple
        accept=${FILE_TYPES.join(',')}
        aria-label=${t('desk.matter.upload')}
        @change=${(event: globalThis.Event) => {
          const input = event.target as HTMLInputElement;
          ports.send({ kind: 'filesChosen', files: [...(input.files ?? [])] });
          input.value = '';
        }}
      />
    </div>
    ${asked(session, ports)}
    ${session.documents.length === 0
      ? html`<p class="hidden">${t('desk.matter.papers_empty')}</p>`
      : html`<ul class="strip">
          ${repeat(session.documents, (d) => d.id, (d) => html`<li>${thumb(d, ports)}</li>`)}
        </ul>`}
  </div>
`;

/** Where a paper comes from. */
const FROM = { kiosk_capture: 'desk.matter.from_kiosk', desk_upload: 'desk.matter.from_desk', desk_text: 'desk.matter.from_desk', signed: 'desk.matter.signed' } as const;

const thumb = (d: Paper, ports: Ports): TemplateResult => html`
  <button class="thumb" type="button" @click=${() => ports.send({ kind: 'paperOpened', id: d.id })}>
    <img src=${d.url} alt="" loading="lazy" />
    <span class="thumb-name">${d.name}</span>
    <span class="muted">${t(FROM[d.source])}${d.pages.length > 1 ? ` · ${t('desk.matter.pages', { pages: d.pages.length })}` : ''}</span>
  </button>
`;

function chat(model: Model, session: DeskSession, ports: Ports): TemplateResult {
  const ready = model.snapshot?.entity.ready_texts ?? [];
  const submit = (event: globalThis.Event): void => {
    event.preventDefault();
    ports.send({ kind: 'chatSubmitted', requestId: ports.newId() });
  };
  return html`
    <div class="chat">
      <h3 class="hidden">${t('desk.matter.chat')}</h3>
      <ol class="lines" tabindex="0" aria-label=${t('desk.matter.chat')}>
        ${session.chat.length === 0 ? html`<li class="muted">${t('desk.matter.chat_empty')}</li>` : nothing}
        ${repeat(
          session.chat,
          (line) => line.id,
          (line) => html`<li class=${line.side}>
            <span class="muted">${line.side === 'desk' ? t('desk.matter.mine') : session.citizen.name} ${timeOf(line.at)}</span>
            ${line.text}
          </li>`,
        )}
      </ol>
      ${ready.length === 0
        ? nothing
        : html`<select
            id="ready"
            class="ready"
            aria-label=${t('desk.matter.ready')}
            @change=${(e: globalThis.Event) => {
              const select = e.target as HTMLSelectElement;
              ports.send({ kind: 'chatTyped', text: ready[select.selectedIndex - 1] ?? '' });
              select.selectedIndex = 0;
              document.getElementById('chat')?.focus();
            }}
          >
            <option>${t('desk.matter.ready_choose')}</option>
            ${ready.map((line) => html`<option>${line}</option>`)}
          </select>`}
      <form class="say" @submit=${submit}>
        <input
          id="chat"
          type="text"
          autocomplete="off"
          maxlength="500"
          aria-label=${t('desk.matter.chat_field')}
          placeholder=${t('desk.matter.chat_field')}
          .value=${live(model.draft.chat)}
          @input=${(e: globalThis.Event) => ports.send({ kind: 'chatTyped', text: (e.target as HTMLInputElement).value })}
        />
        <button class="button small" type="submit">${t('desk.matter.chat_send')}</button>
      </form>
    </div>
  `;
}

function outcome(model: Model, session: DeskSession, ports: Ports): TemplateResult {
  const ready = model.draft.outcome !== null && model.busy === null && can(session.state, 'close');
  return html`
    <form
      class="outcome"
      @submit=${(event: globalThis.Event) => {
        event.preventDefault();
        ports.send({ kind: 'closeAsked' });
      }}
    >
      <fieldset>
        <legend>${t('desk.matter.outcome')}</legend>
        <div class="choices">
          ${OUTCOMES.map(
            (word, index) => html`<label>
              <input
                id=${index === 0 ? 'outcome' : nothing}
                type="radio"
                name="outcome"
                .checked=${live(model.draft.outcome === word)}
                @change=${() => ports.send({ kind: 'outcomeChosen', outcome: word })}
              />
              <span>${t(`desk.outcome.${word}`)}</span>
            </label>`,
          )}
        </div>
      </fieldset>
      <label class="note">
        <span>${t('desk.matter.note')} <small class="muted">${t('desk.matter.note_hint')}</small></span>
        <textarea
          id="note"
          rows="2"
          maxlength="2000"
          .value=${live(model.draft.note)}
          @input=${(e: globalThis.Event) => ports.send({ kind: 'noteTyped', text: (e.target as HTMLTextAreaElement).value })}
        ></textarea>
      </label>
      <button class="button primary" type="submit" ?disabled=${!ready}>
        ${model.busy === 'close'
          ? t('desk.matter.closing')
          : model.draft.outcome === null
            ? t('desk.matter.close_hint')
            : t('desk.matter.close')}
      </button>
    </form>
  `;
}
