/** Public face of the accessibility package. */
export { Announcer } from './announcer';
export { Voice } from './voice';
export { modal } from './modal';
