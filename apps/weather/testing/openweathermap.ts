import { offsetAt, weatherAt, zoneAt } from './model.ts'
import type { Reply, Request } from './reply.ts'

/** The one key that the double accepts. */
export const doubleKey = '0123456789abcdef0123456789abcdef'

const day = 86_400

/** GET /data/2.5/weather and /data/2.5/forecast, refusals first. */
export function openWeatherMap(request: Request): Reply {
  const { query, path, now } = request
  if (query.get('appid') !== doubleKey) {
    return {
      status: 401,
      json: {
        cod: 401,
        message: 'Invalid API key. Please see https://openweathermap.org/faq#error401 for more info.',
      },
    }
  }
  if (path.startsWith('/data/3.0/')) {
    return {
      status: 401,
      json: {
        cod: 401,
        message:
          'Please note that using One Call 3.0 requires a separate subscription to the One Call by Call plan.',
      },
    }
  }
  const latitude = Number(query.get('lat') ?? Number.NaN)
  const longitude = Number(query.get('lon') ?? Number.NaN)
  if (!(Math.abs(latitude) <= 90)) return { status: 400, json: { cod: '400', message: 'wrong latitude' } }
  if (!(Math.abs(longitude) <= 180)) return { status: 400, json: { cod: '400', message: 'wrong longitude' } }
  const isMetric = query.get('units') === 'metric'
  const unix = Math.floor(now.getTime() / 1000)
  const timezone = offsetAt(now, zoneAt(latitude, longitude))
  const noon = Math.floor((unix + timezone) / day) * day + day / 2 - timezone
  const sun = { sunrise: noon - 21_000, sunset: noon + 21_000 }
  if (path.endsWith('/weather')) {
    const dt = unix - (unix % 600)
    const body = { coord: { lon: longitude, lat: latitude }, base: 'stations', visibility: 10_000 }
    return {
      status: 200,
      json: {
        ...body,
        ...state(dt, isMetric, '1h'),
        sys: { country: 'XX', ...sun },
        timezone,
        id: 1,
        name: 'Double',
        cod: 200,
      },
    }
  }
  const first = Math.ceil(unix / 10_800) * 10_800
  const list = Array.from({ length: 40 }, (_, n) => {
    const dt = first + n * 10_800
    const { isDay, rainPercent } = weatherAt(new Date(dt * 1000))
    return { ...state(dt, isMetric, '3h'), pop: rainPercent / 100, sys: { pod: isDay ? 'd' : 'n' } }
  })
  return {
    status: 200,
    json: { cod: '200', message: 0, cnt: 40, list, city: { id: 1, name: 'Double', timezone, ...sun } },
  }
}

function state(dt: number, isMetric: boolean, span: '1h' | '3h') {
  const weather = weatherAt(new Date(dt * 1000))
  const temp = isMetric ? weather.temperatureC : weather.temperatureC + 273.15
  return {
    dt,
    weather: [{ id: weather.owm, main: 'Weather', description: 'made up', icon: '10d' }],
    main: {
      temp,
      feels_like: temp - 1,
      temp_min: temp,
      temp_max: temp,
      pressure: weather.pressureHpa,
      humidity: weather.humidityPercent,
    },
    wind: { speed: weather.windMs, deg: weather.windDegrees, gust: weather.windMs * 1.5 },
    clouds: { all: weather.cloudPercent },
    ...(weather.rainMm > 0 ? { rain: { [span]: weather.rainMm } } : {}),
  }
}
