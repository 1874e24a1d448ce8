/** The kiosk's words. Italian is always there; the other languages come when a citizen chooses them. */
import table from '../../locales/it.kiosk.json';
import { type Language, language, speak, translated } from '../../packages/text/index';

/** Every key of the kiosk's locale file. */
export type TextKey = keyof typeof table;

const tables: Partial<Record<Language, Readonly<Record<string, string>>>> = { it: table };

/** The text of a key in the language spoken now, with its values filled in. */
export const t = translated(table, () => tables[language()]);

/** Changes the language, once its words are there. */
export async function changeTo(next: Language): Promise<void> {
  tables[next] ??= await fetchWords(next);
  speak(next);
  document.documentElement.lang = next;
}

async function fetchWords(next: Language): Promise<Readonly<Record<string, string>>> {
  switch (next) {
    case 'en':
      return (await import('../../locales/en.kiosk.json')).default;
    case 'de':
      return (await import('../../locales/de.kiosk.json')).default;
    case 'fr':
      return (await import('../../locales/fr.kiosk.json')).default;
    case 'it':
      return table;
  }
}
