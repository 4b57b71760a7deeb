import * as v from 'valibot'

/**
 * A value of a weather service: absent and null mean the same, not known. What lies outside of what the planet has
 * seen is refused: it is another unit, or damage.
 */
function between(least: number, most: number) {
  return v.nullish(
    v.pipe(v.number(), v.minValue(least, `is below ${least}`), v.maxValue(most, `is above ${most}`)),
    null,
  )
}

export const celsius = between(-100, 70)
export const kmPerHour = between(0, 600)
export const metresPerSecond = between(0, 170)
export const millimetres = between(0, 2000)
export const hectopascals = between(500, 1200)
export const compassDegrees = between(0, 360)
export const uvIndex = between(0, 50)
export const latitude = v.pipe(v.number(), v.minValue(-90), v.maxValue(90))
export const longitude = v.pipe(v.number(), v.minValue(-360), v.maxValue(360))
export const metres = between(-500, 9000)

/** Models overshoot a little: 100.2 % of humidity is 100. */
export const percentage = v.pipe(
  between(0, 110),
  v.transform((value) => (value === null ? null : Math.min(100, value))),
)

/** Seconds since 1970 within this century. */
export const unixTime = v.pipe(v.number(), v.integer(), v.minValue(946_684_800), v.maxValue(4_102_444_799))

/** How far local time is ahead of UTC (s). */
export const offsetSeconds = v.pipe(v.number(), v.integer(), v.minValue(-50_400), v.maxValue(50_400))

/** `value` times `factor`, with so many decimals: 3.6 × 2.5 is 9, not 9.000000000000002. */
export function scaled(value: number | null, factor: number, decimals = 1): number | null {
  return value === null ? null : Number((value * factor).toFixed(decimals))
}
