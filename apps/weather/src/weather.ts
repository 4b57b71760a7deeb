import { isBefore, stampPlus, stampSchema, TailboardError } from '@tailboard/contracts'
import { type WeatherData, type WeatherSettings, weather } from '@tailboard/contracts/sources/weather'
import { stampNow } from '@tailboard/service/clock'
import type { Measurement, PollSource, RunContext } from '@tailboard/service/run-source'
import * as v from 'valibot'
import { failWhilePaused, rememberPause } from './pause.ts'
import { findPlace } from './place.ts'
import type { Forecast, Place, Provider } from './provider.ts'
import { chooseProvider } from './providers.ts'
import { inUnits } from './units.ts'

/** What the last reading was made of and when, and how to ask whether it changed. */
const heldSchema = v.object({
  of: v.string(),
  measuredAt: v.string(),
  validator: v.nullable(v.string()),
  freshUntil: stampSchema,
})

type Dated = Measurement & { measuredAt: Date }

export const weatherSource: PollSource = { contract: weather, measure }

async function measure(context: RunContext): Promise<Measurement> {
  const settings = context.settings as RunContext['settings'] & WeatherSettings
  const provider = chooseProvider(settings.provider, context.environment)
  const now = stampNow(context.time)
  await failWhilePaused(context, provider, now)
  try {
    return await askWhenDue(context, settings, provider, await findPlace(context, settings))
  } catch (error) {
    await rememberPause(context, provider, now, error)
    throw error
  }
}

/** Asks the service, unless it said that there is nothing new yet. */
async function askWhenDue(
  context: RunContext,
  settings: WeatherSettings,
  provider: Provider,
  place: Place,
): Promise<Measurement> {
  const { memory, previous, signal, time, environment } = context
  const { temperatureUnit, windUnit, precipitationUnit } = settings
  // When one of these changes, or the reading is not the one that was made of them, what we hold is of no use.
  const units = [temperatureUnit, windUnit, precipitationUnit]
  const of = JSON.stringify([provider.id, place, units, environment.TAILBOARD_SIMULATED])
  const kept = await memory.recall('held', heldSchema)
  const held = kept?.of === of && kept.measuredAt === previous?.measuredAt ? kept : null
  const unchanged: Dated | null = held &&
    previous && { data: previous.data, measuredAt: new Date(previous.measuredAt) }
  if (unchanged !== null && held !== null && isBefore(stampNow(time), held.freshUntil)) return unchanged

  const since = held?.validator ?? null
  const { forecast, validator, freshForMs } = await provider.ask({
    place,
    signal,
    nowMs: time.wallMs(),
    since,
  })
  const measured = forecast === null ? unchanged : toMeasurement(forecast, provider, place, settings)
  if (measured === null) {
    throw new TailboardError(
      'malformed',
      `${provider.title} says that nothing changed, though nobody asked`,
      {
        hint: 'It is asked anew at the next run.',
      },
    )
  }
  if (measured.problem === undefined && (validator !== null || freshForMs > 0)) {
    const measuredAt = measured.measuredAt.toISOString()
    await memory.set('held', { of, measuredAt, validator, freshUntil: stampPlus(stampNow(time), freshForMs) })
  }
  return measured
}

function toMeasurement(
  forecast: Forecast,
  { id, title, attribution }: Provider,
  place: Place,
  settings: WeatherSettings,
): Dated {
  const { at: measuredAt, timeZone, utcOffsetS, grid, hoursPerStep } = forecast
  const { name, latitude, longitude } = place
  const data: WeatherData = {
    place: { name, latitude, longitude, timeZone, utcOffsetS },
    grid,
    provider: id,
    attribution,
    hoursPerStep,
    ...inUnits(forecast, settings),
  }
  const isWhole = data.hours.length > 0 && data.days.length > 0
  if (isWhole) return { data, measuredAt }
  return { data, measuredAt, problem: new TailboardError('malformed', `${title} left out what lies ahead`) }
}
