/** The page of somebody invited to an encounter: says who and where, then shows and hears everybody in it. */
import { html, nothing, render, type TemplateResult } from 'lit';
import type { RemoteTrack, Room } from 'livekit-client';
import './guest.css';
import { request } from '../../packages/api/http';
import { guestState, type GuestState, ticket } from '../../packages/api/types';
import { preload } from '../../packages/call/index';
import { t } from './words';

const root = document.getElementById('app') as HTMLElement;
/** Time between two looks at whether the encounter goes on, in milliseconds. */
const LOOK_MS = 3_000;

let state: GuestState | 'unknown' | null = null;
let wanted = false;
let denied = false;
let room: Room | null = null;
let connecting = false;
const own = video(true);
const faces = document.createElement('div');
faces.className = 'faces';

/** Reads what the link opens now; joins, again where needed, while the person wants to be in. */
async function look(): Promise<void> {
  try {
    state = await request(`${location.pathname}/stato`, guestState);
  } catch {
    state ??= 'unknown';
  }
  if (wanted && state !== 'unknown' && !state.open) await leave(); // over: the camera's light goes out with it
  if (wanted && room === null && !connecting && state !== 'unknown' && state.open) await join();
  draw();
}

async function join(): Promise<void> {
  connecting = true;
  let next: Room | null = null;
  try {
    const [kit, way] = await Promise.all([preload(), request(`${location.pathname}/entra`, ticket, { method: 'POST', body: {} })]);
    const joined = new kit.Room({ stopLocalTrackOnUnpublish: false });
    const show = (): void => place(kit, joined);
    next = joined
      .on(kit.RoomEvent.TrackSubscribed, show)
      .on(kit.RoomEvent.TrackUnsubscribed, () => setTimeout(show)) // it is told before the track is gone
      .on(kit.RoomEvent.ParticipantDisconnected, show)
      .on(kit.RoomEvent.Disconnected, () => {
        if (room === joined) room = null;
        faces.replaceChildren();
        draw();
      });
    await joined.connect(way.url, way.token);
    if (!wanted) return void (await joined.disconnect()); // they left while it connected
    room = joined;
    for (const track of (own.srcObject as MediaStream | null)?.getTracks() ?? []) {
      const source = track.kind === 'video' ? kit.Track.Source.Camera : kit.Track.Source.Microphone;
      await joined.localParticipant.publishTrack(track, { source, simulcast: false, videoCodec: 'vp8' });
    }
    await joined.startAudio().catch(() => undefined);
    show();
  } catch {
    room = null; // the next look tries again
    await next?.disconnect();
  } finally {
    connecting = false;
  }
}

/** Everybody's face and voice, anew. */
function place(kit: Awaited<ReturnType<typeof preload>>, of: Room): void {
  faces.replaceChildren(
    ...[...of.remoteParticipants.values()].map((who) => {
      const tile = document.createElement('figure');
      const face = video(false);
      const voice = document.createElement('audio');
      const name = document.createElement('figcaption');
      voice.autoplay = true;
      name.textContent = who.name || t(who.identity.startsWith('desk-') ? 'guest.operator' : 'guest.citizen');
      (who.getTrackPublication(kit.Track.Source.Camera)?.track as RemoteTrack | undefined)?.attach(face);
      (who.getTrackPublication(kit.Track.Source.Microphone)?.track as RemoteTrack | undefined)?.attach(voice);
      tile.append(face, voice, name);
      return tile;
    }),
  );
}

async function enter(): Promise<void> {
  wanted = true;
  try {
    own.srcObject = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
    denied = false;
  } catch {
    denied = true; // they may listen all the same
  }
  draw();
  await look();
}

async function leave(): Promise<void> {
  wanted = false;
  for (const track of (own.srcObject as MediaStream | null)?.getTracks() ?? []) track.stop();
  own.srcObject = null;
  const was = room;
  room = null;
  await was?.disconnect();
  draw();
}

function video(mirrored: boolean): HTMLVideoElement {
  const element = document.createElement('video');
  Object.assign(element, { autoplay: true, muted: true, playsInline: true, className: mirrored ? 'mirrored' : '' });
  return element;
}

function draw(): void {
  render(html`<header><p>${state !== null && state !== 'unknown' ? state.entity : t('guest.title')}</p></header><main>${body()}</main>`, root);
}

function body(): TemplateResult {
  if (state === null) return html`<p role="status">${t('guest.wait')}</p>`;
  if (state === 'unknown') return html`<h1>${t('guest.unknown')}</h1><p>${t('guest.unknown_text')}</p>`;
  if (!state.open) return html`<h1>${t('guest.over')}</h1><p>${t('guest.over_text')}</p>`;
  if (!wanted) {
    return html`<h1>${t('guest.hello', { name: state.name })}</h1>
      <p>${t('guest.text', { office: state.office, entity: state.entity })}</p>
      <div class="row"><button type="button" @click=${() => void enter()}>${t('guest.enter')}</button></div>`;
  }
  return html`<h1>${room === null ? t('guest.joining') : t('guest.in')}</h1>
    ${denied ? html`<p role="alert">${t('guest.denied')}</p>` : nothing}
    ${faces}
    <figure class="self">${own}<figcaption>${t('guest.own')}</figcaption></figure>
    <div class="row"><button class="plain" type="button" @click=${() => void leave()}>${t('guest.leave')}</button></div>`;
}

addEventListener('pagehide', () => void room?.disconnect());
setInterval(() => void look(), LOOK_MS);
draw();
void look();
