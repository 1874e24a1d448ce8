/** Is the other one still there? Answered by what was heard, not by what the media server believes. */

/** How often each side says "here", in milliseconds. */
export const HEARTBEAT_MS = 1_000;
/** Silence after which the other side counts as lost; two people are told within 3 s. */
export const PEER_LOST_MS = 2_500;

/** What is known of the other side: never heard yet, heard lately, or fallen silent. */
export type Peer = 'absent' | 'here' | 'lost';

/** Follows the other side's heartbeats. Pure: time is given, in milliseconds. */
export class PeerWatch {
  private heardAt: number | null = null;
  private current: Peer = 'absent';

  /** The last answer. */
  get state(): Peer {
    return this.current;
  }

  /** A sign of life arrived. Returns the new answer when it changed. */
  heard(now: number): Peer | null {
    this.heardAt = now;
    return this.become('here');
  }

  /** Time passed. Returns the new answer when it changed. */
  tick(now: number): Peer | null {
    if (this.heardAt === null || now - this.heardAt <= PEER_LOST_MS) return null;
    return this.become('lost');
  }

  /** How long the other side has been silent, in milliseconds; 0 if it never spoke. */
  silence(now: number): number {
    return this.heardAt === null ? 0 : now - this.heardAt;
  }

  private become(next: Peer): Peer | null {
    if (this.current === next) return null;
    this.current = next;
    return next;
  }
}
