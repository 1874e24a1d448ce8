/** Showing a paper: lay it in the frame, take the picture, one page after the other, say yes to them. */
import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { type Point, WHOLE } from '../../../packages/scan/geometry';
import type { Model, Sheet } from '../model';
import { MAX_PAGES, pageOf } from '../paper';
import { t } from '../words';
import * as icons from './icons';
import type { Ports } from './ports';

/** The step of the paper the citizen is at. */
export function paper(model: Model, ports: Ports): TemplateResult {
  switch (model.paper.step) {
    case 'aim':
    case 'off':
      return aim(model, ports);
    case 'sent':
      return html`<section class="center">
        <div class="badge good">${icons.check}</div>
        <h1>${t('kiosk.paper.sent')}</h1>
      </section>`;
    case 'corners':
      return corners(model, ports);
    case 'pages':
    case 'sending':
      return pages(model, ports);
  }
}

/** What the operator asks for, above every step. */
function wanted(model: Model): TemplateResult | typeof nothing {
  const ask = model.snapshot?.session?.ask;
  if (ask?.kind !== 'paper') return nothing;
  const count = ask.pages === 0 ? '' : ask.pages === 1 ? t('kiosk.paper.asked_one') : t('kiosk.paper.asked_many', { pages: ask.pages });
  return html`<p class="asked">${icons.sheet}<span>${t('kiosk.paper.asked', { name: ask.name })} ${count}</span></p>`;
}

const alert = ({ paper: { failed } }: Model): TemplateResult | typeof nothing =>
  failed === null ? nothing : html`<p class="alert" role="alert">${failed || t('kiosk.paper.failed')}</p>`;

function aim(model: Model, ports: Ports): TemplateResult {
  const blind = model.fault !== null;
  const { again, at, busy, pages: taken } = model.paper;
  const number = again ? at + 1 : taken.length + 1;
  return html`
    <section class="shoot">
      <h1>${t('kiosk.paper.aim')}</h1>
      <div class="shoot-say">
        ${wanted(model)}
        <p class="lead">${blind ? t('kiosk.paper.no_camera') : t('kiosk.paper.aim_text')}</p>
        ${alert(model)}
      </div>
      <div class="viewfinder" role="img" aria-label=${t('kiosk.paper.view')}>${ports.own}<div class="frame"></div></div>
      <div class="row">
        <button class="button primary" type="button" ?disabled=${blind || busy} @click=${() => ports.send({ kind: 'paperShoot', id: ports.newId() })}>
          ${icons.camera}<span>${number === 1 ? t('kiosk.paper.shoot') : t('kiosk.paper.shoot_next', { page: number })}</span>
        </button>
        <button class="button" type="button" @click=${() => ports.send({ kind: 'paperClosed' })}>
          ${taken.length > 0 ? t('kiosk.paper.back') : t('kiosk.paper.cancel')}
        </button>
      </div>
    </section>
  `;
}

function pages(model: Model, ports: Ports): TemplateResult {
  const { step, pages: taken, at, busy } = model.paper;
  const page = pageOf(model);
  const sending = step === 'sending';
  const wait = sending || busy;
  return html`
    <section class="shoot">
      <h1>${sending ? t('kiosk.paper.sending') : t('kiosk.paper.review')}</h1>
      <div class="shoot-say">
        ${wanted(model)}
        ${alert(model)}
        ${page?.found === false ? html`<p class="lead">${t('kiosk.paper.not_found')}</p>` : html`<p class="lead">${t('kiosk.paper.review_text')}</p>`}
      </div>
      <div class="pages">
        <div class="viewfinder paper">
          ${page === undefined ? nothing : html`<img src=${page.picture} alt=${t('kiosk.paper.picture', { page: at + 1 })} />`}
          ${wait ? html`<div class="spinner" role="status" aria-label=${sending ? t('kiosk.paper.sending') : t('kiosk.paper.working')}></div>` : nothing}
        </div>
        <div class="pages-side">
          <ol class="pages-list" aria-label=${t('kiosk.paper.list')}>
            ${repeat(taken, ({ id }) => id, (one, i) => thumb(one, i, at, ports))}
          </ol>
          <div class="row">
            <button class="button" type="button" ?disabled=${wait || at === 0} @click=${() => ports.send({ kind: 'paperMoved', by: -1 })}>${t('kiosk.paper.earlier')}</button>
            <button class="button" type="button" ?disabled=${wait || at >= taken.length - 1} @click=${() => ports.send({ kind: 'paperMoved', by: 1 })}>${t('kiosk.paper.later')}</button>
            <button class="button" type="button" ?disabled=${wait} @click=${() => ports.send({ kind: 'paperTurned' })}>${icons.retake}<span>${t('kiosk.paper.turn')}</span></button>
            <button class="button" type="button" ?disabled=${wait} @click=${() => ports.send({ kind: 'cornersOpened' })}>${t('kiosk.paper.corners')}</button>
            <button class="button" type="button" ?disabled=${wait} @click=${() => ports.send({ kind: 'paperRetake' })}>${icons.camera}<span>${t('kiosk.paper.retake')}</span></button>
            <button class="button" type="button" ?disabled=${wait} @click=${() => ports.send({ kind: 'paperRemoved' })}>${icons.bin}<span>${t('kiosk.paper.remove')}</span></button>
          </div>
        </div>
      </div>
      <div class="row">
        <button class="button primary" type="button" ?disabled=${wait} @click=${() => ports.send({ kind: 'paperFinished', requestId: ports.newId() })}>
          ${icons.check}<span>${t('kiosk.paper.finish')}</span>
        </button>
        <button class="button" type="button" ?disabled=${wait || taken.length >= MAX_PAGES} @click=${() => ports.send({ kind: 'paperAdded' })}>
          ${icons.plus}<span>${taken.length >= MAX_PAGES ? t('kiosk.paper.full', { pages: MAX_PAGES }) : t('kiosk.paper.add')}</span>
        </button>
        <button class="button" type="button" ?disabled=${sending} @click=${() => ports.send({ kind: 'paperClosed' })}>${t('kiosk.paper.cancel')}</button>
      </div>
    </section>
  `;
}

const thumb = (page: Sheet, i: number, at: number, ports: Ports): TemplateResult => html`<li>
  <button
    class="page"
    type="button"
    aria-pressed=${i === at}
    aria-label=${t('kiosk.paper.page', { page: i + 1 })}
    @click=${() => ports.send({ kind: 'paperChosen', page: i })}
  >
    <img src=${page.picture} alt="" /><b aria-hidden="true">${i + 1}</b>
  </button>
</li>`;

/** What each corner is called, in the order of the machine. */
const CORNERS = ['top_left', 'top_right', 'bottom_right', 'bottom_left'] as const;
/** How far an arrow key moves a corner, in parts of the picture. */
const NUDGE = 0.005;
const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -NUDGE, y: 0 }, ArrowRight: { x: NUDGE, y: 0 }, ArrowUp: { x: 0, y: -NUDGE }, ArrowDown: { x: 0, y: NUDGE },
};

function corners(model: Model, ports: Ports): TemplateResult {
  const page = pageOf(model);
  if (page === undefined) return html``;
  return html`
    <section class="shoot">
      <h1>${t('kiosk.paper.corners_title')}</h1>
      <div class="shoot-say"><p class="lead" id="corners-how">${t('kiosk.paper.corners_text')}</p></div>
      <div class="viewfinder paper">
        <img src=${page.photo} alt=${t('kiosk.paper.photo')} />
        ${outline(model.paper.corners, page, ports)}
      </div>
      <div class="row">
        <button class="button primary" type="button" @click=${() => ports.send({ kind: 'cornersDone' })}>${icons.check}<span>${t('kiosk.paper.corners_done')}</span></button>
        <button class="button" type="button" ?disabled=${model.paper.corners === WHOLE} @click=${() => ports.send({ kind: 'cornersWhole' })}>${t('kiosk.paper.corners_whole')}</button>
        <button class="button" type="button" @click=${() => ports.send({ kind: 'cornersLeft' })}>${t('kiosk.paper.back')}</button>
      </div>
    </section>
  `;
}

/** The outline over the photo, with a handle at each corner for a finger, a mouse or the arrow keys. */
function outline(at: readonly Point[], { width, height }: Sheet, ports: Ports): TemplateResult {
  const size = Math.max(width, height);
  const move = (corner: number, x: number, y: number): void => ports.send({ kind: 'cornerMoved', corner, x, y });
  const drag = (corner: number) => (event: PointerEvent): void => {
    const handle = event.currentTarget as SVGGElement;
    if (event.type === 'pointerdown') handle.setPointerCapture(event.pointerId);
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const there = new DOMPoint(event.clientX, event.clientY).matrixTransform(handle.ownerSVGElement?.getScreenCTM()?.inverse());
    move(corner, there.x / width, there.y / height);
  };
  const press = (corner: number, p: Point) => (event: KeyboardEvent): void => {
    const by = ARROWS[event.key];
    if (by === undefined) return;
    event.preventDefault();
    move(corner, p.x + by.x, p.y + by.y);
  };
  const handle = (p: Point, i: number): SVGTemplateResult => svg`<g
      class="corner" role="button" tabindex="0" aria-describedby="corners-how"
      aria-label=${t(`kiosk.paper.corner_${CORNERS[i]!}`)}
      @pointerdown=${drag(i)} @pointermove=${drag(i)} @keydown=${press(i, p)}
    >
      <circle class="corner-reach" cx=${p.x * width} cy=${p.y * height} r=${size / 18}></circle>
      <circle class="corner-dot" cx=${p.x * width} cy=${p.y * height} r=${size / 60}></circle>
    </g>`;
  return html`<svg class="corners" viewBox="0 0 ${width} ${height}">
    ${svg`<polygon points=${at.map((p) => `${p.x * width},${p.y * height}`).join(' ')}></polygon>`}
    ${at.map(handle)}
  </svg>`;
}
