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
        thanks.textContent = 'Grazie, il tuo parere ci aiuterà a migliorare il servizio!'
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
export function remaining(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  return seconds >= 60 ? `ancora ${Math.ceil(seconds / 60)} min` : `ancora ${seconds} s`
}

/** Shows how long a held time is still held. */
function countdown(): void {
  const clocks = document.querySelectorAll<HTMLElement>('[data-countdown]')
  if (clocks.length === 0) return
  const tick = (): void => {
    for (const clock of clocks) {
      const left = Date.parse(clock.dataset['countdown'] ?? '') - Date.now()
      clock.hidden = Number.isNaN(left) || left < 0
      clock.textContent = remaining(left)
    }
  }
  tick()
  setInterval(tick, 1000)
}

if (typeof document !== 'undefined') {
  menu()
  feedback()
  copy()
  countdown()
}
