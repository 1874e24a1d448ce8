/** The languages, each in its own name. */
import { html, type TemplateResult } from 'lit';
import { LANGUAGES } from '../../../packages/text/index';
import type { Model } from '../model';
import type { Ports } from './ports';

const NAMES = { it: 'Italiano', en: 'English', de: 'Deutsch', fr: 'Français' } as const;

/** One button for each; the one that is spoken is pressed. */
export const languages = (model: Model, ports: Ports): TemplateResult => html`
  <div class="languages" role="group" aria-label="Lingua, language, Sprache, langue">
    ${LANGUAGES.map(
      (one) => html`<button
        class="button tongue"
        type="button"
        lang=${one}
        aria-pressed=${model.look.language === one}
        @click=${() => ports.send({ kind: 'languageChosen', language: one })}
      >
        ${NAMES[one]}
      </button>`,
    )}
  </div>
`;
