/** The wire format of server-sent events, as a pure parser that accepts any cut of the bytes. */

/** One event of a stream. */
export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/** Feeds text in and gets whole events out; comments (heartbeats) are dropped. */
export class SseParser {
  private rest = '';
  private event = '';
  private data: string[] = [];

  /** Takes the next piece of the stream and returns the events it completed. */
  push(piece: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    this.rest += piece;
    for (;;) {
      const match = /\r\n|\n|\r(?!$)/.exec(this.rest);
      if (match === null) return events;
      const line = this.rest.slice(0, match.index);
      this.rest = this.rest.slice(match.index + match[0].length);
      const done = this.take(line);
      if (done) events.push(done);
    }
  }

  private take(line: string): ServerEvent | null {
    if (line === '') {
      const event = this.data.length > 0 ? { event: this.event || 'message', data: this.data.join('\n') } : null;
      this.event = '';
      this.data = [];
      return event;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.event = value;
    if (field === 'data') this.data.push(value);
    return null;
  }
}
