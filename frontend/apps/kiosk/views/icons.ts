/** Pictures drawn as paths, always beside words and hidden from screen readers. */
import { svg, type SVGTemplateResult, html, type TemplateResult } from 'lit';

function icon(path: SVGTemplateResult): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${path}</svg>`;
}

const stroke = (d: string): SVGTemplateResult =>
  svg`<path d=${d} fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"></path>`;

export const backspace = icon(stroke('M8 5h12v14H8l-6-7zM12 9l5 6M17 9l-5 6'));
export const check = icon(stroke('M4 13l5 5L20 6'));
export const pen = icon(stroke('M4 20l1-5L16 4l4 4L9 19zM13 7l4 4M4 20h16'));
export const plus = icon(stroke('M12 5v14M5 12h14'));
export const cross = icon(stroke('M6 6l12 12M18 6L6 18'));
export const arrow = icon(stroke('M4 12h15M13 6l6 6-6 6'));
export const camera = icon(stroke('M4 8h3l2-3h6l2 3h3v11H4zM12 17a4 4 0 100-8 4 4 0 000 8z'));
export const sheet = icon(stroke('M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6'));
export const speech = icon(stroke('M4 5h16v11H10l-5 4v-4H4z'));
export const sound = icon(stroke('M4 9h4l5-4v14l-5-4H4zM16 9a4 4 0 010 6M18.5 6.5a8 8 0 010 11'));
export const silent = icon(stroke('M4 9h4l5-4v14l-5-4H4zM17 9l5 6M22 9l-5 6'));
export const bin = icon(stroke('M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13M10 11v5M14 11v5'));
export const qr = icon(stroke('M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM20 14v2M17 18v2h3M14 20v-1'));
export const question = icon(stroke('M9 9a3 3 0 116 0c0 2-3 2.5-3 5M12 18v.5M12 22a10 10 0 100-20 10 10 0 000 20z'));
export const pause = icon(stroke('M8 5v14M16 5v14'));
export const unplug = icon(stroke('M9 3v5M15 3v5M6 8h12v3a6 6 0 01-12 0zM12 17v4M3 3l18 18'));
export const phone = icon(stroke('M6 3l3 5-2 2a12 12 0 007 7l2-2 5 3-1 3c-9 1-17-7-17-17z'));
export const pin = icon(stroke('M12 21s7-7 7-12a7 7 0 10-14 0c0 5 7 12 7 12zM12 12a3 3 0 100-6 3 3 0 000 6z'));
export const retake = icon(stroke('M4 12a8 8 0 108-8H7M10 1L7 4l3 3'));
export const touch = icon(
  stroke('M9 12V5a2 2 0 014 0v6l5 1a2 2 0 012 2l-1 5a4 4 0 01-4 3h-3a4 4 0 01-3-1l-5-6a1.7 1.7 0 012-2zM5 8a6 6 0 1112 0'),
);
export const contrast = icon(svg`<circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="2"></circle><path d="M12 3a9 9 0 010 18z" fill="currentColor"></path>`);
export const person = icon(stroke('M12 12a4 4 0 100-8 4 4 0 000 8zM4 21a8 8 0 0116 0'));
export const push = icon(stroke('M4 20h16M6 20v-4h12v4M9 16v-3h6v3M12 3v6M9 7l3 3 3-3'));
export const read = icon(stroke('M3 6h18v12H3zM6 11h5M13 11h5M6 14h8'));
