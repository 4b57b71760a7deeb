import type { WeatherProvider } from '@tailboard/contracts/sources/weather'
import { metNo } from './met-no.ts'
import { openMeteo } from './open-meteo.ts'
import { openWeatherMap } from './openweathermap.ts'
import type { Provider } from './provider.ts'

/** The service that the owner chose. */
export function chooseProvider(id: WeatherProvider, environment: Record<string, unknown>): Provider {
  const text = (name: string) => String(environment[name] ?? '')
  switch (id) {
    case 'open-meteo':
      return openMeteo(text('WEATHER_OPEN_METEO_URL'))
    case 'met-no':
      return metNo(text('WEATHER_MET_NO_URL'), text('WEATHER_CONTACT'))
    case 'openweathermap':
      return openWeatherMap(text('WEATHER_OPENWEATHERMAP_URL'), text('OPENWEATHERMAP_KEY'))
  }
}
