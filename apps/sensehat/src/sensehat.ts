import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, parseOrThrow, TailboardError } from '@tailboard/contracts'
import type { JoystickKey } from '@tailboard/contracts/press'
import {
  type SensehatData,
  type SensehatSettings,
  sensehat,
  sensehatLimits,
  sensehatMessageArgs,
} from '@tailboard/contracts/sources/sensehat'
import type { Measurement } from '@tailboard/service/measurement'
import type { ServiceContext, ServiceSource } from '@tailboard/service/service-runner'
import { act } from './actions.ts'
import { ClimateKeeper } from './climate.ts'
import type { Driver, OnPress, Sample } from './driver.ts'
import { toMotion } from './motion.ts'
import { Panel } from './panel.ts'
import type { Dropped } from './spike-filter.ts'
import { addPoint, type PressurePoints, pressurePointsSchema, tendency } from './tendency.ts'

/** Makes the driver that the environment asks for, at the first use: hardware that nobody asks for is not touched. */
export type MakeDriver = (context: ServiceContext, onPress: OnPress) => Driver

/** A value that was dropped is asked for again after this long, to tell a spike from a window that was opened (ms). */
const secondLookMs = 200
/** A joystick that rattles must not push everything else out of the stream of events (ms). */
const pressEveryMs = 150

/** The Sense HAT as a source: what its driver reads, as a reading; what its owner wishes, on its LEDs. */
export class SensehatSource implements ServiceSource {
  readonly contract = sensehat
  readonly #makeDriver: MakeDriver
  #driver: Driver | null = null
  #panel: Panel | null = null
  #climate = new ClimateKeeper()
  #points: PressurePoints | null = null
  #context: ServiceContext | null = null
  #lastPress: SensehatData['joystick']['lastPress'] = null
  #lastPressMs = 0

  constructor(makeDriver: MakeDriver) {
    this.#makeDriver = makeDriver
  }

  async configure(context: ServiceContext): Promise<void> {
    this.#context = context
    if (!context.settings.enabled) return this.stop()
    this.#open(context).panel.forget()
  }

  async measure(context: ServiceContext): Promise<Measurement> {
    this.#context = context
    const { driver, panel } = this.#open(context)
    const { sample, dropped } = await this.#sample(driver, context)
    const [first, ...others] = sample.problems
    const { humidity, pressure } = sample
    if (humidity === null && pressure === null && dropped.length === 0) {
      await panel.update(context, null)
      throw first ?? new TailboardError('missing-hardware', 'No Sense HAT found')
    }
    const settings = context.settings as unknown as SensehatSettings
    const climate = this.#climate.toClimate(sample, settings.cpuHeatFactor)
    await panel.update(context, climate)
    const data: SensehatData = {
      ...climate,
      pressureTendency: await this.#tendency(context, pressure?.pressureHpa ?? null),
      motion: sample.motion === null ? null : toMotion(sample.motion),
      leds: panel.data(sample.hasLeds, context.time.monotonicMs()),
      joystick: { isAvailable: sample.hasJoystick, lastPress: this.#lastPress },
      via: { humidity: humidity?.via ?? null, pressure: pressure?.via ?? null },
      dropped: dropped.slice(0, sensehatLimits.dropped),
    }
    return {
      data,
      simulated: driver.isSimulated,
      ...(first === undefined ? {} : { problem: asOne(first, others) }),
    }
  }

  async carryOut(command: Command, context: ServiceContext): Promise<string> {
    const { panel } = this.#open(context)
    if (command.verb === 'clear') {
      panel.clear()
      return 'The LEDs are off'
    }
    if (command.verb !== 'message') throw new TailboardError('refused', `There is no command ${command.verb}`)
    const { text, colour, times } = parseOrThrow(sensehatMessageArgs, command.args, 'the message')
    panel.say({ text, colour, times })
    return 'It runs over the LEDs'
  }

  async stop(): Promise<void> {
    this.#panel?.stop()
    const driver = this.#driver
    this.#driver = null
    this.#panel = null
    await driver?.release()
  }

  #open(context: ServiceContext): { driver: Driver; panel: Panel } {
    this.#driver ??= this.#makeDriver(context, (key) => void this.#press(key))
    this.#panel ??= new Panel(this.#driver)
    return { driver: this.#driver, panel: this.#panel }
  }

  /** A sample without spikes: where something was dropped, a second look decides. */
  async #sample(driver: Driver, context: ServiceContext): Promise<{ sample: Sample; dropped: Dropped[] }> {
    const look = async () =>
      this.#climate.sift(await driver.sample(context.signal), context.time.monotonicMs())
    const first = await look()
    if (first.dropped.length === 0) return first
    for (const dropped of first.dropped) context.log.warn('a value was dropped', { ...dropped })
    await sleep(secondLookMs)
    const second = await look()
    return { sample: second.sample, dropped: [...first.dropped, ...second.dropped] }
  }

  /** The change in three hours, from points of our own in Redis: they outlive a restart of this service. */
  async #tendency(
    { memory, store }: ServiceContext,
    pressureHpa: number | null,
  ): Promise<SensehatData['pressureTendency']> {
    if (pressureHpa === null) return null
    const now = store.now()
    const before = this.#points ?? (await memory.recall('pressure', pressurePointsSchema)) ?? []
    const points = addPoint(before, now, pressureHpa)
    if (points !== before) await memory.set('pressure', points)
    this.#points = points
    return tendency(points, now, pressureHpa)
  }

  async #press(key: JoystickKey): Promise<void> {
    const context = this.#context
    if (context === null || !context.settings.enabled) return
    const { store, log, settings, time } = context
    if (time.monotonicMs() - this.#lastPressMs < pressEveryMs) return
    this.#lastPressMs = time.monotonicMs()
    const stamp = store.now()
    this.#lastPress = { key, at: stamp.at }
    try {
      const action = String(settings[`joystick${key[0]?.toUpperCase()}${key.slice(1)}`] ?? 'nothing')
      const did = await act(action, context, {
        say: (text) => this.#panel?.say({ text, colour: '#ffffff', times: 1 }),
        clear: () => this.#panel?.clear(),
      })
      await store.publishPress('sensehat', { key, did, stamp })
      context.measureNow()
    } catch (error) {
      log.warn('a press could not be told', { key, error })
    }
  }
}

/** Several troubles as one failure: the first one's kind and hint, all of their words. */
function asOne(first: TailboardError, others: TailboardError[]): TailboardError {
  if (others.length === 0) return first
  const message = [first, ...others].map((each) => each.message).join('. ')
  return new TailboardError(first.kind, message, first.hint === null ? {} : { hint: first.hint })
}
