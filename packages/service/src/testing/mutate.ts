/** A small random generator with a seed, so that a failing mutation can be had again (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** What a number, a string, a list or an object may turn into on its way here. */
const strangers: unknown[] = [
  null,
  true,
  '',
  'NaN',
  '<html>',
  '\u0000\u202e',
  -1,
  0,
  -0,
  1e308,
  -1e308,
  2 ** 53 + 2,
  '2026-13-45T99:99',
  '0001-01-01T00:00',
  [],
  [[]],
  {},
  [null],
  'x'.repeat(5000),
]

/** `count` damaged forms of `valid` (JSON text): bytes turned, cut, doubled; values swapped, dropped, of another type. */
export function* mutations(valid: string, count: number, seed = 1): Generator<string> {
  const random = seededRandom(seed)
  for (let n = 0; n < count; n++) {
    let text = valid
    const rounds = 1 + Math.floor(random() * 3)
    for (let round = 0; round < rounds; round++) {
      text = random() < 0.5 ? damageText(text, random) : damageValue(text, random)
    }
    yield text
  }
}

function damageText(text: string, random: () => number): string {
  const at = Math.floor(random() * text.length)
  const to = at + Math.floor(random() * 20)
  switch (Math.floor(random() * 5)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return text.slice(0, at) + text.slice(to)
    case 2:
      return text.slice(0, to) + text.slice(at)
    case 3:
      return `${text.slice(0, at)}${String.fromCharCode(Math.floor(random() * 256))}${text.slice(at + 1)}`
    default:
      // Digits more than anything else: a number that stays a number gets furthest into a parser.
      return text.replace(/\d/g, (digit) => (random() < 0.02 ? String(Math.floor(random() * 10)) : digit))
  }
}

function damageValue(text: string, random: () => number): string {
  let root: unknown
  try {
    root = JSON.parse(text)
  } catch {
    return damageText(text, random)
  }
  const places: { holder: Record<string, unknown>; key: string }[] = []
  collect(root, places)
  const place = places[Math.floor(random() * places.length)]
  if (place === undefined) return JSON.stringify(strangers[Math.floor(random() * strangers.length)])
  const other = places[Math.floor(random() * places.length)]
  const choice = random()
  if (choice < 0.2) delete place.holder[place.key]
  else if (choice < 0.4 && other !== undefined) {
    // A copy: a value put inside itself would be no JSON any more.
    place.holder[place.key] = structuredClone(other.holder[other.key])
  } else place.holder[place.key] = strangers[Math.floor(random() * strangers.length)]
  return JSON.stringify(root)
}

function collect(value: unknown, places: { holder: Record<string, unknown>; key: string }[]): void {
  if (typeof value !== 'object' || value === null) return
  const holder = value as Record<string, unknown>
  for (const key of Object.keys(holder)) {
    places.push({ holder, key })
    collect(holder[key], places)
  }
}
