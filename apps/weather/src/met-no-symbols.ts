import { type Sky, skyOfWmo, skyWithoutCode } from './conditions.ts'

/** WMO codes for light, plain and heavy. */
const falling: Record<string, [light: number, plain: number, heavy: number]> = {
  rain: [61, 63, 65],
  rainshowers: [80, 81, 82],
  snow: [71, 73, 75],
  snowshowers: [85, 85, 86],
}
const dry: Record<string, number> = { clearsky: 0, fair: 1, partlycloudy: 2, cloudy: 3, fog: 45 }

/**
 * MET Norway's `heavyrainshowersandthunder_night` as our words. Their own list misspells two symbols with a double s
 * (`lightssleetshowersandthunder`), for ever.
 */
export function skyOfSymbol(symbol: string): { sky: Sky; isDay: boolean | null } {
  const [name = '', light] = symbol.toLowerCase().split('_')
  return { sky: skyOf(name), isDay: light === 'day' ? true : light === 'night' ? false : null }
}

function skyOf(name: string): Sky {
  const [, strength, what = '', thunder] =
    /^(light(?=s?s[ln]|rain)s?(?=s[ln]|rain)|heavy)?([a-z]+?)(andthunder)?$/.exec(name) ?? []
  const codes = Object.hasOwn(falling, what) ? falling[what] : undefined
  const isSleet = what === 'sleet' || what === 'sleetshowers'
  if (thunder !== undefined) return codes !== undefined || isSleet ? skyOfWmo(95) : skyOfWmo(null)
  if (isSleet) return skyWithoutCode('sleet')
  if (codes !== undefined) return skyOfWmo(codes[strength === undefined ? 1 : strength === 'heavy' ? 2 : 0])
  return skyOfWmo(Object.hasOwn(dry, what) && strength === undefined ? (dry[what] ?? null) : null)
}
