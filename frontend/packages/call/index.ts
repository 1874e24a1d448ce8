/** Public face of the call package. Nothing here loads livekit-client until {@link preload} or a call. */
export { Call, preload } from './call';
export type { CallListener, Link, Quality, RemoteMedia, TicketSource } from './call';
export { Media } from './media';
export type { Device, Devices, MediaFault, MediaListener } from './media';
export { HEARTBEAT_MS, PEER_LOST_MS, type Peer, PeerWatch } from './heartbeat';
export { Chime } from './chime';
