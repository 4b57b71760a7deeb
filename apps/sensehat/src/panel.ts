import type { Stamp } from '@tailboard/contracts'
import type { SensehatData, SensehatSettings } from '@tailboard/contracts/sources/sensehat'
import { weatherData } from '@tailboard/contracts/sources/weather'
import type { ServiceContext } from '@tailboard/service/service-runner'
import * as v from 'valibot'
import type { Driver } from './driver.ts'
import { numberAt, readField } from './fields.ts'
import { type LedPlan, type LedWish, lengthMs, type Message, planLeds, toLedData } from './leds.ts'
import { isNight } from './night.ts'

const placeSchema = v.object({ place: v.object({ timeZone: weatherData.entries.place.entries.timeZone }) })

/** The LEDs: what is wished of them, what they show, and since when. */
export class Panel {
  readonly #driver: Driver
  #message: Message | null = null
  #isCleared = false
  #plan: LedPlan | null = null
  #wished = ''
  #sinceMs = 0
  #timer: NodeJS.Timeout | undefined
  #gauge: SensehatData['leds']['gauge'] = null

  constructor(driver: Driver) {
    this.#driver = driver
  }

  /** Somebody's message; it replaces one that still runs. */
  say(message: Message): void {
    this.#message = message
    this.#plan = null
  }

  clear(): void {
    this.#message = null
    this.#isCleared = true
  }

  /** What was switched off by hand stays off until the owner wishes something new. */
  forget(): void {
    this.#isCleared = false
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#message = null
    this.#plan = null
  }

  /** Shows what is to be shown now. `own` is our own measurement, which is not written yet. */
  async update(context: ServiceContext, own: Record<string, unknown> | null): Promise<void> {
    const { time, store } = context
    const settings = context.settings as unknown as SensehatSettings
    const now = store.now()
    if (
      this.#message !== null &&
      this.#plan !== null &&
      this.#elapsedMs(time.monotonicMs()) >= lengthMs(this.#plan.animation)
    ) {
      this.#message = null
    }
    const value = settings.ledShow === 'gauge' ? await gaugeValue(context, settings.ledGauge, own, now) : null
    this.#gauge = { of: settings.ledGauge, value }
    const wish: LedWish = {
      settings,
      isNight: isNight(
        time.wallMs(),
        await timeZoneOf(context, settings),
        settings.nightFrom,
        settings.nightTo,
      ),
      gaugeValue: value,
      message: this.#message,
      isCleared: this.#isCleared,
    }
    // Not the pictures: those of a long message are a quarter of a megabyte.
    const wished = JSON.stringify(wish)
    if (this.#plan !== null && wished === this.#wished) return
    const plan = planLeds(wish)
    this.#wished = wished
    this.#plan = plan
    this.#sinceMs = time.monotonicMs()
    this.#driver.show(plan.animation)
    clearTimeout(this.#timer)
    // When it has run through, what stood there before comes back at once, not at the next interval.
    if (this.#message !== null) this.#timer = setTimeout(context.measureNow, lengthMs(plan.animation))
  }

  /** The LEDs as they are lit now. */
  data(isAvailable: boolean, nowMs: number): SensehatData['leds'] {
    if (this.#plan === null) return { isAvailable, mode: 'off', message: null, gauge: null, pixels: null }
    return toLedData(this.#plan, this.#elapsedMs(nowMs), isAvailable, this.#gauge)
  }

  #elapsedMs(nowMs: number): number {
    return nowMs - this.#sinceMs
  }
}

async function gaugeValue(
  { store, config }: ServiceContext,
  of: string,
  own: Record<string, unknown> | null,
  now: Stamp,
): Promise<number | null> {
  const [source, ...path] = of.split('.')
  return source === 'sensehat' ? numberAt(own, path) : readField(store, config, of, now)
}

/** The owner's, else that of the weather's place: a container's own clock is in UTC. */
async function timeZoneOf({ store }: ServiceContext, settings: SensehatSettings): Promise<string> {
  if (settings.timeZone !== '') return settings.timeZone
  if (settings.nightFrom === '' || settings.nightTo === '') return 'UTC'
  const { reading } = await store.readSource('weather')
  const known = v.safeParse(placeSchema, reading?.data)
  return known.success && known.output.place.timeZone !== '' ? known.output.place.timeZone : 'UTC'
}
