// Runs in every page that is measured, product and peer alike, before its scripts: it notes when things happened, in
// milliseconds of the machine's clock, and changes nothing.
export interface Mark { name: string; at: number }

declare global {
  interface Window { sportelloMarks: Mark[] }
}

export function probe(): void {
  const marks: Mark[] = []
  window.sportelloMarks = marks
  const mark = (name: string): void => void marks.push({ name, at: performance.timeOrigin + performance.now() })

  const fetchBefore = window.fetch
  window.fetch = async (input, init) => {
    const path = new URL(input instanceof Request ? input.url : String(input), location.href).pathname
    mark(`ask ${path}`)
    const answer = await fetchBefore(input, init)
    mark(`answer ${path}`)
    return answer
  }
  const remote = new WeakSet<MediaStreamTrack>()
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(config?: RTCConfiguration) {
      super(config)
      mark('peer connection made')
      this.addEventListener('track', (event) => {
        remote.add(event.track)
        mark(`remote ${event.track.kind}`)
      })
      this.addEventListener('connectionstatechange', () => mark(`peer connection ${this.connectionState}`))
    }

    override addTransceiver(track: MediaStreamTrack | string, init?: RTCRtpTransceiverInit): RTCRtpTransceiver {
      if (typeof track !== 'string') mark(`sending ${track.kind}`)
      return super.addTransceiver(track, init)
    }
  }
  window.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols)
      mark('signalling asked')
      this.addEventListener('open', () => mark('signalling open'))
    }
  }
  // The first decoded frame of the other side, wherever its track is attached.
  const source = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject')
  if (source?.set === undefined || source.get === undefined) throw new Error('no srcObject')
  const { get, set } = source
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    configurable: true, enumerable: true, get,
    set(this: HTMLMediaElement, stream: MediaStream | null) {
      set.call(this, stream)
      if (!(this instanceof HTMLVideoElement) || !stream?.getVideoTracks().some((track) => remote.has(track))) return
      let seen = false
      const first = (): void => {
        if (seen) return
        seen = true
        clearInterval(timer)
        mark('frame')
      }
      // A video outside the page gets no callback in every browser: its count of frames is looked at as well.
      this.requestVideoFrameCallback(first)
      const timer = setInterval(() => {
        if (this.getVideoPlaybackQuality().totalVideoFrames > 0) first()
      }, 4)
    },
  })
}
