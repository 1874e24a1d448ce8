// The portal's script. Every page works without it; it saves a reload here and there.

/** Opens and closes the menu in place instead of by its address. */
function menu(): void {
  const toggle = document.querySelector<HTMLAnchorElement>('[data-menu]')
  const panel = document.getElementById('menu')
  if (!toggle || !panel) return
  toggle.setAttribute('role', 'button')
  const show = (open: boolean): void => {
    panel.classList.toggle('show', open)
    toggle.setAttribute('aria-expanded', String(open))
  }
  show(false)
  toggle.addEventListener('click', (event) => {
    event.preventDefault()
    show(toggle.getAttribute('aria-expanded') !== 'true')
  })
  toggle.addEventListener('keydown', (event) => {
    if (event.key === ' ') {
      event.preventDefault()
      toggle.click()
    }
  })
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && panel.classList.contains('show')) {
      show(false)
      toggle.focus()
    }
  })
}

/** Closes the list of languages by Escape, and when the focus or a tap goes elsewhere. */
function languages(): void {
  const list = document.querySelector<HTMLDetailsElement>('[data-language]')
  if (!list) return
  list.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !list.open) return
    list.open = false
    list.querySelector('summary')?.focus()
  })
  for (const elsewhere of ['focusin', 'click']) {
    document.addEventListener(elsewhere, (event) => {
      if (event.target instanceof Node && !list.contains(event.target)) list.open = false
    })
  }
}

/** Sends the rating without leaving the page. */
function feedback(): void {
  const form = document.querySelector<HTMLFormElement>('[data-feedback]')
  form?.addEventListener('submit', (event) => {
    event.preventDefault()
    const body = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]))
    fetch(form.action, { method: 'POST', body, redirect: 'manual' })
      .then((answer) => {
        if (answer.type !== 'opaqueredirect' && !answer.ok) throw new Error('refused')
        const thanks = document.createElement('p')
        thanks.className = 'h5 mb-0'
        thanks.tabIndex = -1
        thanks.textContent = form.dataset['feedback'] ?? ''
        form.replaceChildren(thanks)
        thanks.focus()
      })
      .catch(() => form.submit())
  })
}

/** Buttons that copy a text: <button data-copy="…" hidden>. They appear only where copying works. */
function copy(): void {
  if (!navigator.clipboard) return
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-copy]')) {
    button.hidden = false
    button.addEventListener('click', () => {
      void navigator.clipboard.writeText(button.dataset['copy'] ?? '').then(() => {
        button.textContent = button.dataset['copied'] ?? 'Copiato'
      })
    })
  }
}

/** How long something lasts, as a person reads it. */
export function remaining(milliseconds: number, minutes: string, seconds: string): string {
  const left = Math.max(0, Math.round(milliseconds / 1000))
  return left >= 60 ? minutes.replace('{n}', String(Math.ceil(left / 60))) : seconds.replace('{n}', String(left))
}

/** Shows how long a held time is still held. */
function countdown(): void {
  const clocks = document.querySelectorAll<HTMLElement>('[data-countdown]')
  if (clocks.length === 0) return
  const tick = (): void => {
    for (const clock of clocks) {
      const left = Date.parse(clock.dataset['countdown'] ?? '') - Date.now()
      clock.hidden = Number.isNaN(left) || left < 0
      clock.textContent = remaining(left, clock.dataset['minutes'] ?? '', clock.dataset['seconds'] ?? '')
    }
  }
  tick()
  setInterval(tick, 1000)
}

/** Buttons that print the page. They appear only where printing works by script. */
function printing(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-print]')) {
    button.hidden = false
    button.addEventListener('click', () => print())
  }
}

/** Keeps <div data-live="events" data-live-version="…" id="…"> as new as the server's: events say when it is old. */
function live(): void {
  const part = document.querySelector<HTMLElement>('[data-live]')
  if (!part) return
  const at = document.querySelector<HTMLElement>('[data-live-at]')
  const lost = document.querySelector<HTMLElement>('[data-live-lost]')
  const connected = (yes: boolean): void => { if (lost) lost.hidden = yes }
  const refresh = async (): Promise<void> => {
    const answer = await fetch(location.href, { redirect: 'error' })
    if (!answer.ok) throw new Error(String(answer.status))
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const next = fresh.getElementById(part.id)
    if (!next) throw new Error('another page')
    part.replaceChildren(...next.childNodes)
    part.dataset['liveVersion'] = next.dataset['liveVersion'] ?? ''
    if (at) at.textContent = fresh.querySelector('[data-live-at]')?.textContent ?? ''
  }
  const events = new EventSource(part.dataset['live'] ?? '')
  events.addEventListener('state', (event) => {
    connected(true)
    const { version } = JSON.parse(event.data) as { version: string }
    if (version !== part.dataset['liveVersion']) refresh().catch(() => connected(false))
  })
  events.addEventListener('error', () => {
    connected(false)
    if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 10_000)
  })
}

if (typeof document !== 'undefined') {
  live()
  menu()
  languages()
  feedback()
  copy()
  countdown()
  printing()
}
