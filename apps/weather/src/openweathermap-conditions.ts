import { noSky, type Sky, skyOfWmo, skyWithoutCode } from './conditions.ts'

/** Their ids that have a WMO code. https://openweathermap.org/weather-conditions */
const codes: Record<number, number> = {
  300: 51,
  301: 53,
  302: 55,
  310: 51,
  311: 53,
  312: 55,
  313: 80,
  314: 81,
  321: 81,
  500: 61,
  501: 63,
  502: 65,
  503: 65,
  504: 65,
  511: 66,
  520: 80,
  521: 81,
  522: 82,
  531: 81,
  600: 71,
  601: 73,
  602: 75,
  620: 85,
  621: 85,
  622: 86,
  701: 45,
  741: 45,
  800: 0,
  801: 1,
  802: 2,
  803: 3,
  804: 3,
}

/** An id of OpenWeatherMap's own as our words. */
export function skyOfOwm(id: number | null): Sky {
  if (id === null) return noSky
  const code = codes[id]
  if (code !== undefined) return skyOfWmo(code)
  if (id >= 200 && id < 300) return skyOfWmo(95)
  if (id >= 611 && id <= 616) return skyWithoutCode('sleet')
  if (id === 771 || id === 781) return skyWithoutCode('storm')
  // Smoke, haze, dust, sand, ash.
  if (id > 701 && id < 771) return skyWithoutCode('haze')
  return noSky
}
