import { afterEach, describe, expect, it, vi } from 'vitest';
import { DecodeError, list, nullable, number, oneOf, shape, text } from './decode';
import { ApiError, command, problemFrom, request } from './http';
import { SseParser } from './sse';
import { backoff, BACKOFF_MS } from './stream';
import { deskState, kioskState } from './types';

afterEach(() => vi.unstubAllGlobals());

const KIOSK = {
  kiosk: { id: 'k1', name: 'Scuola Tagliente', place: 'San Lazzaro', address: 'Via Umbria 1' },
  entity: { key: 'isernia', name: 'Comune di Isernia', phone: '0865 4491' },
  server_time: '2026-05-05T08:30:00Z',
  version: 3,
  session: null,
};

describe('decoders', () => {
  it('name the field that is wrong', () => {
    const decode = shape({ people: list(shape({ age: number })) });
    expect(() => decode({ people: [{ age: 3 }, { age: '4' }] }, 'answer')).toThrow('answer.people[1].age: expected a number');
  });

  it('take a nil slice of Go as the empty list and an absent value as null', () => {
    expect(shape({ a: list(text), b: nullable(text) })({ a: null }, '$')).toEqual({ a: [], b: null });
  });

  it('drop what they do not know', () => {
    expect(shape({ a: text })({ a: 'x', secret: 1 }, '$')).toEqual({ a: 'x' });
  });

  it('refuse a word outside the list', () => {
    expect(() => oneOf('a', 'b')('c', '$')).toThrow(DecodeError);
  });

  it('read the state of a kiosk without and with a session', () => {
    expect(kioskState(KIOSK, '$').session).toBeNull();
    const session = {
      id: 's1',
      state: 'waiting',
      service: { title: 'Carta d’identità', needed: null },
      office: 'Anagrafe',
      operator_name: null,
      titolare: 'Comune di Isernia',
      privacy_notice: '',
      appointment_at: '2026-05-05T08:30:00Z',
      position: 2,
      estimate_minutes: 6,
      chat: [],
      documents: null,
      ended: null,
    };
    const decoded = kioskState({ ...KIOSK, session }, '$').session;
    expect(decoded?.service.needed).toEqual([]);
    expect(decoded?.position).toBe(2);
    expect(() => kioskState({ ...KIOSK, session: { ...session, state: 'sleeping' } }, '$')).toThrow(/session\.state/);
  });

  it('read the state of a desk', () => {
    const state = deskState(
      {
        entity: { key: 'isernia', name: 'Comune di Isernia' },
        operator: { id: 'o1', name: 'Anna' },
        server_time: '2026-05-05T08:30:00Z',
        version: 1,
        waiting: [{ id: 'w', service: 'x', kiosk: 'y', citizen: 'z', since: '2026-05-05T08:30:00Z', appointment_at: null }],
        session: null,
      },
      '$',
    );
    expect(state.waiting).toHaveLength(1);
  });
});

describe('the road to the server', () => {
  const answer = (status: number, body: unknown): void => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(body === null ? null : JSON.stringify(body), { status })));
  };

  it('turns a problem into one error with its words, data and reference', async () => {
    answer(409, { code: 'kiosk.code_early', detail: 'È presto.', status: 409, instance: 'R-1', data: { action: 'wait' } });
    const error = await request('/x', text).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 409, code: 'kiosk.code_early', detail: 'È presto.', instance: 'R-1', data: { action: 'wait' } });
    expect((error as ApiError).unreachable).toBe(false);
  });

  it('keeps the status of an answer that is no problem document', () => {
    expect(problemFrom(502, null, 'abc')).toMatchObject({ status: 502, code: 'http.502', instance: 'abc', unreachable: true });
  });

  it('says when the server was not reached', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')));
    const error = await command('/x').catch((e: unknown) => e);
    expect(error).toMatchObject({ status: 0, code: 'client.network', unreachable: true });
  });

  it('refuses an answer of another shape', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    answer(200, { a: 1 });
    await expect(request('/x', shape({ a: text }))).rejects.toMatchObject({ code: 'client.unreadable' });
  });
});

describe('server-sent events', () => {
  it('come whole from any cut of the bytes', () => {
    const wire = ': hello\n\nevent: state\r\ndata: {"a":\r\ndata: 1}\r\n\r\ndata: x\n\n';
    for (let cut = 1; cut < wire.length; cut += 1) {
      const parser = new SseParser();
      const events = [...parser.push(wire.slice(0, cut)), ...parser.push(wire.slice(cut))];
      expect(events, `cut at ${cut}`).toEqual([
        { event: 'state', data: '{"a":\n1}' },
        { event: 'message', data: 'x' },
      ]);
    }
  });

  it('are retried ever more slowly, up to an end', () => {
    expect(BACKOFF_MS.map((_, n) => backoff(n, () => 0))).toEqual([...BACKOFF_MS]);
    expect(backoff(99, () => 1)).toBe(10_000);
  });
});
