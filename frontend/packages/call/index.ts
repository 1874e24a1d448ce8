/** Public face of the call package. Nothing here loads livekit-client until {@link preload} or a call. */
export { Call, preload, reach } from './call';
export type { CallListener, Link, Pointer, Quality, RemoteMedia, TicketSource, Typing } from './call';
export { Level } from './level';
export { Line } from './line';
export type { LineApi, LineDemand, LineListener } from './line';
export type { Device, Devices, MediaFault } from './media';
export type { Peer } from './heartbeat';
export { Chime } from './chime';
