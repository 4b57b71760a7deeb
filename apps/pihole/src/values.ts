import * as v from 'valibot'

/** Below zero is how Pi-hole says that it does not know (a database that can't be read) or won't tell (privacy level). */
function toCount(given: number | null): number | null {
  if (given === null || given < 0) return null
  const rounded = Math.round(given)
  return Number.isSafeInteger(rounded) ? rounded : null
}

/** A v5 writes some numbers as text. */
const numeric = v.union(
  [
    v.number(),
    v.pipe(
      v.string(),
      v.regex(/^-?\d{1,15}(\.\d{1,15})?$/),
      v.transform((text) => Number(text)),
    ),
  ],
  'must be a number',
)

/** A number of things that must be there. */
export const neededCount = v.pipe(
  numeric,
  v.transform((given) => toCount(given)),
)
export const count = v.pipe(
  v.nullish(numeric, null),
  v.transform((given) => toCount(given)),
)

/** A share in percent. */
export const share = v.pipe(
  v.nullish(numeric, null),
  // A hair above is how their arithmetic rounds.
  v.check((given) => (given ?? 0) <= 100.01, 'must be 100 or less'),
  v.transform((given) => (given === null || given < 0 ? null : Math.min(given, 100))),
)

/** An amount that may have a fraction. */
export const amount = v.pipe(
  v.nullish(numeric, null),
  v.transform((given) => (given !== null && given >= 0 && Number.isFinite(given) ? given : null)),
)

const lastSecond = 253_402_300_799

/** Seconds since 1970 as a time; null where they stand for nothing. */
export function toIsoTime(seconds: number | null | undefined): string | null {
  if (seconds === null || seconds === undefined || !(seconds > 0) || seconds > lastSecond) return null
  return new Date(Math.round(seconds) * 1000).toISOString()
}
