import { describe, expect, it } from 'vitest';
import { HEARTBEAT_MS, PEER_LOST_MS, PeerWatch } from './heartbeat';

describe('the other side', () => {
  it('is absent until first heard', () => {
    const watch = new PeerWatch();
    expect(watch.tick(60_000)).toBeNull();
    expect(watch.state).toBe('absent');
    expect(watch.heard(61_000)).toBe('here');
  });

  it('survives one lost packet and is lost after 2.5 s of silence, told once', () => {
    const watch = new PeerWatch();
    watch.heard(0);
    expect(watch.tick(2 * HEARTBEAT_MS)).toBeNull();
    expect(watch.tick(PEER_LOST_MS)).toBeNull();
    expect(watch.tick(PEER_LOST_MS + 1)).toBe('lost');
    expect(watch.tick(PEER_LOST_MS + 1_000)).toBeNull();
    expect(watch.silence(10_000)).toBe(10_000);
  });

  it('comes back with the next heartbeat', () => {
    const watch = new PeerWatch();
    watch.heard(0);
    watch.tick(5_000);
    expect(watch.heard(6_000)).toBe('here');
    expect(watch.heard(7_000)).toBeNull();
  });
});
