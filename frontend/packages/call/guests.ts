/** The faces and voices of everybody else in a call, as one element that the screen only places. */
import type { GuestMedia } from './call';

interface Tile {
  readonly tile: HTMLElement;
  readonly video: HTMLVideoElement;
  readonly audio: HTMLAudioElement;
  media: { video: GuestMedia['video']; audio: GuestMedia['audio'] };
}

/** Tiles with names, one for each guest who is there. */
export class Guests {
  readonly element = document.createElement('div');
  private readonly tiles = new Map<string, Tile>();

  constructor() {
    this.element.className = 'guests';
  }

  /** Shows who is there now. */
  show(guests: readonly GuestMedia[]): void {
    for (const [id, tile] of this.tiles) {
      if (guests.some((one) => one.id === id)) continue;
      attach(tile, { video: null, audio: null });
      tile.tile.remove();
      this.tiles.delete(id);
    }
    for (const guest of guests) {
      const tile = this.tiles.get(guest.id) ?? newTile(guest.name);
      if (!this.tiles.has(guest.id)) this.element.append(tile.tile);
      this.tiles.set(guest.id, tile);
      attach(tile, guest);
    }
  }
}

function attach(tile: Tile, next: Tile['media']): void {
  const before = tile.media;
  tile.media = { video: next.video, audio: next.audio };
  if (before.video !== next.video) {
    before.video?.detach(tile.video);
    next.video?.attach(tile.video);
  }
  if (before.audio === next.audio) return;
  before.audio?.detach(tile.audio);
  next.audio?.attach(tile.audio);
}

function newTile(name: string): Tile {
  const tile = document.createElement('figure');
  const video = document.createElement('video');
  const audio = document.createElement('audio');
  const caption = document.createElement('figcaption');
  Object.assign(video, { autoplay: true, muted: true, playsInline: true, className: 'video' });
  audio.autoplay = true;
  caption.textContent = name;
  tile.append(video, audio, caption);
  return { tile, video, audio, media: { video: null, audio: null } };
}
