export const pages = ['home', 'status', 'settings', 'kiosk'] as const
export type Page = (typeof pages)[number]

function pageOf(hash: string): Page {
  const name = hash.replace(/^#\/?/, '')
  return pages.find((page) => page === name) ?? 'home'
}

/** The page that the address names: a few pages and a hash need no router. */
export class Route {
  #page: Page = $state('home')
  /** Asked before the page changes, by one that has something to lose. */
  mayLeave: (() => boolean) | null = null

  get page(): Page {
    return this.#page
  }

  /** Calls `onTurn` when the page changes, not at first. Returns what stops it. */
  start(onTurn: () => void): () => void {
    this.#page = pageOf(location.hash)
    const turn = () => {
      const page = pageOf(location.hash)
      if (page === this.#page) return
      if (this.mayLeave?.() === false) {
        history.replaceState(null, '', `#/${this.#page}`)
        return
      }
      this.#page = page
      onTurn()
    }
    window.addEventListener('hashchange', turn)
    return () => window.removeEventListener('hashchange', turn)
  }
}
