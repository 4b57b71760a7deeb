/** A made-up weather that is the same whenever the same moment is asked for: a warm afternoon, rain every third day. */
export function weatherAt(at: Date) {
  const hours = at.getTime() / 3_600_000
  const ofDay = (hours % 24) / 24
  const isWet = Math.floor(hours / 24) % 3 === 0 && ofDay > 0.4 && ofDay < 0.8
  const round = (value: number) => Math.round(value * 10) / 10
  return {
    temperatureC: round(11 - 6 * Math.cos(2 * Math.PI * (ofDay - 0.125)) + 3 * Math.sin(hours / 90)),
    humidityPercent: Math.round(65 + 15 * Math.cos(2 * Math.PI * ofDay)),
    windMs: round(3 + 2 * Math.sin(hours / 7)),
    windDegrees: Math.round((hours * 3) % 360),
    pressureHpa: round(1013 + 9 * Math.sin(hours / 55)),
    cloudPercent: isWet ? 100 : Math.round(50 + 45 * Math.sin(hours / 11)),
    rainMm: isWet ? round(0.6 + 0.5 * Math.sin(hours)) : 0,
    rainPercent: isWet ? 80 : 5,
    isDay: ofDay > 0.25 && ofDay < 0.8,
    wmo: isWet ? 61 : 2,
    symbol: isWet ? 'lightrain' : `partlycloudy_${ofDay > 0.25 && ofDay < 0.8 ? 'day' : 'night'}`,
    owm: isWet ? 500 : 802,
  }
}

export interface City {
  name: string
  latitude: number
  longitude: number
  timezone: string
  country_code: string
  country: string
  admin1: string
}

export const cities: City[] = [
  {
    name: 'Berlin',
    latitude: 52.52437,
    longitude: 13.41053,
    timezone: 'Europe/Berlin',
    country_code: 'DE',
    country: 'Germany',
    admin1: 'State of Berlin',
  },
  {
    name: 'Springfield',
    latitude: 37.21533,
    longitude: -93.29824,
    timezone: 'America/Chicago',
    country_code: 'US',
    country: 'United States',
    admin1: 'Missouri',
  },
  {
    name: 'Springfield',
    latitude: 39.80172,
    longitude: -89.64371,
    timezone: 'America/Chicago',
    country_code: 'US',
    country: 'United States',
    admin1: 'Illinois',
  },
  {
    name: 'Kathmandu',
    latitude: 27.70169,
    longitude: 85.3206,
    timezone: 'Asia/Kathmandu',
    country_code: 'NP',
    country: 'Nepal',
    admin1: 'Bagmati Province',
  },
]

/** The zone of the nearest city: good enough for what is made up. */
export function zoneAt(latitude: number, longitude: number): string {
  const distance = (city: City) => (city.latitude - latitude) ** 2 + (city.longitude - longitude) ** 2
  return cities.reduce((a, b) => (distance(b) < distance(a) ? b : a)).timezone
}

/** How far the clocks of a zone are ahead of UTC (s), in another way than the source has it. */
export function offsetAt(at: Date, timeZone: string): number {
  const whole = new Date(Math.floor(at.getTime() / 1000) * 1000)
  const local = whole.toLocaleString('sv-SE', { timeZone }).replace(' ', 'T')
  return (Date.parse(`${local}Z`) - whole.getTime()) / 1000
}
