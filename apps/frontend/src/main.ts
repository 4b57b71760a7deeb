import { mount } from 'svelte'
import App from './App.svelte'
import './app.css'
import type { Store } from './live/cache.ts'
import { Live } from './live/live.svelte.ts'

/** A browser may forbid localStorage: then nothing is kept, and all else works. */
function browserStore(): Store {
  try {
    return window.localStorage
  } catch {
    return { getItem: () => null, setItem: () => {}, removeItem: () => {} }
  }
}

const target = document.getElementById('app')
if (target !== null) {
  const live = new Live(browserStore())
  live.start()
  mount(App, { target, props: { live } })
}
