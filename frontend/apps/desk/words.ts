/** The desk's words. */
import table from '../../locales/it.desk.json';
import { texts } from '../../packages/text/index';

/** Every key of the desk's locale file. */
export type TextKey = keyof typeof table;

/** The Italian text of a key, with its values filled in. */
export const t = texts(table);

/** The text of a key made from a word the server or a device said, or null when there is none. */
export function maybe(key: string): string | null {
  return key in table ? t(key as TextKey) : null;
}

/** The words of a message: the server's own, or those of a code of this side. */
export function errorText(text: string): string {
  const own = maybe(`desk.error.${text}`);
  if (own !== null) return own;
  return /^[a-z0-9_.]+$/.test(text) ? t('desk.error.other', { code: text }) : text;
}
