/** First pane: who waits. */
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { WaitingPerson } from '../../../packages/api/types';
import { elapsed, timeOf } from '../../../packages/text/index';
import type { Model } from '../model';
import { canChoose, canClaim, forAnyOrMe, waiting as count } from '../state';
import { t } from '../words';
import type { Ports } from './ports';

/** The pane, with the one button that matters. */
export function waiting(model: Model, ports: Ports): TemplateResult {
  const people = model.snapshot?.waiting ?? [];
  const many = count(model);
  const first = people.findIndex(forAnyOrMe);
  return html`
    <section class="pane pane-waiting" aria-labelledby="waiting-title">
      <h2 id="waiting-title">${t('desk.waiting.title')}</h2>
      <button
        class="next"
        type="button"
        aria-keyshortcuts="N Enter"
        ?disabled=${!canClaim(model)}
        @click=${() => ports.send({ kind: 'next', requestId: ports.newId() })}
      >
        <span>${model.claiming === null ? t('desk.waiting.next') : t('desk.waiting.claiming')}</span><kbd>N</kbd>
      </button>
      <p class="count">
        ${many === 0 ? t('desk.waiting.none') : many === 1 ? t('desk.waiting.count_one') : t('desk.waiting.count', { count: many })}
      </p>
      <ol class="queue" tabindex=${people.length > 5 ? '0' : nothing} aria-labelledby="waiting-title">
        ${repeat(people, (person) => person.id, (person, index) => row(model, person, index, first, ports))}
      </ol>
    </section>
  `;
}

function row(model: Model, person: WaitingPerson, index: number, first: number, ports: Ports): TemplateResult {
  const since = elapsed(model.now + model.skew - Date.parse(person.since));
  return html`
    <li class="${index === first ? 'first' : ''} ${person.long ? 'long' : ''}">
      ${person.long ? html`<span class="mark long">${t('desk.waiting.long')}</span>` : nothing}
      ${person.rehearsal ? html`<span class="mark">${t('desk.rehearsal.mark')}</span>` : nothing}
      <strong>${person.citizen}</strong>
      <span>${person.service}</span>
      <span class="muted">${person.kiosk}</span>
      <span class="muted">
        ${t('desk.waiting.since', { elapsed: since })}${person.ticket !== null
          ? html`, ${t('desk.waiting.walkin')}`
          : person.appointment_at === null
            ? nothing
            : html`, ${t('desk.waiting.at', { time: timeOf(person.appointment_at) })}`}
      </span>
      ${person.passed_by === '' ? nothing : html`<span>${t('desk.waiting.passed', { name: person.passed_by, why: person.passed_why })}</span>`}
      ${person.parked
        ? html`<span class="mark">${person.yours ? t('desk.waiting.parked_yours') : t('desk.waiting.parked', { name: person.wanted })}</span>`
        : person.wanted === ''
          ? nothing
          : html`<span class="mark">${person.yours ? t('desk.waiting.wanted_yours') : t('desk.waiting.wanted', { name: person.wanted })}</span>`}
      ${index === first
        ? nothing
        : html`<button
            class="button small"
            type="button"
            aria-label=${t('desk.waiting.call_one', { name: person.citizen })}
            ?disabled=${!canChoose(model)}
            @click=${() => ports.send({ kind: 'next', requestId: ports.newId(), chosen: person.id })}
          >
            ${t('desk.waiting.call')}
          </button>`}
    </li>
  `;
}
