/** The kiosk's words. */
import table from '../../locales/it.kiosk.json';
import { texts } from '../../packages/text/index';

/** Every key of the kiosk's locale file. */
export type TextKey = keyof typeof table;

/** The Italian text of a key, with its values filled in. */
export const t = texts(table);
