/** The words of the guest's page. */
import table from '../../locales/it.guest.json';
import { texts } from '../../packages/text/index';

/** The Italian text of a key, with its values filled in. */
export const t = texts(table);
