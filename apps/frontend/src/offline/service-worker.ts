/** Set by the build: every file of the page, by its path, and a name that changes with any of them. */
declare const SHELL: readonly string[]
declare const VERSION: string

interface Lasting extends Event {
  waitUntil(what: Promise<unknown>): void
}

interface Fetching extends Lasting {
  readonly request: Request
  respondWith(answer: Promise<Response>): void
}

/** The part of ServiceWorkerGlobalScope that is needed: its types can't stand beside those of a page. */
interface Worker {
  readonly location: Location
  readonly clients: { claim(): Promise<void> }
  skipWaiting(): Promise<void>
  addEventListener(type: 'install' | 'activate', listener: (event: Lasting) => void): void
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
}

const worker = self as unknown as Worker
const prefix = 'tailboard-'
const name = prefix + VERSION

// All or nothing: while one file is missing the version before stays.
worker.addEventListener('install', (event) => {
  event.waitUntil(keepShell())
})

worker.addEventListener('activate', (event) => {
  event.waitUntil(dropOthers().then(() => worker.clients.claim()))
})

// A new version waits until the owner reloads: half of a page must not change under his hands.
worker.addEventListener('message', ({ data }) => {
  if (data === 'take-over') worker.skipWaiting()
})

// The page's own files and nothing else: /api and /ws never come near a cache.
worker.addEventListener('fetch', (event) => {
  const { method, url } = event.request
  const { origin, pathname } = new URL(url)
  if (method !== 'GET' || origin !== worker.location.origin || !SHELL.includes(pathname)) return
  event.respondWith(fromShell(pathname, event.request))
})

async function keepShell(): Promise<void> {
  const cache = await caches.open(name)
  // Names below /assets/ change with their content, and may come from the browser's own cache.
  const isFixed = (path: string) => path.startsWith('/assets/')
  await cache.addAll(
    SHELL.map((path) => new Request(path, { cache: isFixed(path) ? 'default' : 'no-cache' })),
  )
}

async function dropOthers(): Promise<void> {
  const others = (await caches.keys()).filter((key) => key.startsWith(prefix) && key !== name)
  await Promise.all(others.map((key) => caches.delete(key)))
}

async function fromShell(pathname: string, request: Request): Promise<Response> {
  const cache = await caches.open(name)
  return (await cache.match(pathname)) ?? fetch(request)
}

export {}
