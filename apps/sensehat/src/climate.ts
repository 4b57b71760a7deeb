import type { SensehatData } from '@tailboard/contracts/sources/sensehat'
import { CpuMean, correctHumidity, correctTemperature } from './correction.ts'
import type { Sample } from './driver.ts'
import { tidy } from './motion.ts'
import { type Dropped, SpikeFilter } from './spike-filter.ts'

/** The chips' ranges (their data sheets), and what no room does within a few seconds. */
const bounds = {
  'climate.temperatureC': { least: -40, most: 120, step: 5 },
  // The formula may go a little beyond a full percent scale: that is clamped, not dropped.
  'climate.humidityPercent': { least: -20, most: 120, step: 20 },
  'climate.pressureChipTemperatureC': { least: -30, most: 105, step: 5 },
  'climate.pressureHpa': { least: 260, most: 1260, step: 5 },
}
/** Steps above the chips' own noise: air at rest says the same twice. */
const steps = { temperatureC: 0.1, humidityPercent: 0.1, pressureHpa: 0.1 }

export type Climate = Pick<SensehatData, 'climate' | 'estimate' | 'cpuTemperatureC'>

/** Turns samples into what is told of the air, and drops what can't be true. */
export class ClimateKeeper {
  readonly #filter = new SpikeFilter(bounds)
  readonly #cpu = new CpuMean()

  /** What of a sample can't be true; it is taken out of the sample. */
  sift(sample: Sample, nowMs: number): { sample: Sample; dropped: Dropped[] } {
    const { humidity, pressure } = sample
    const check = (field: keyof typeof bounds, value: number | undefined) =>
      value === undefined ? null : this.#filter.take(field, value, nowMs)
    const ofHumidity = [
      check('climate.humidityPercent', humidity?.humidityPercent),
      check('climate.temperatureC', humidity?.temperatureC),
    ].filter((each) => each !== null)
    const ofPressure = [
      check('climate.pressureHpa', pressure?.pressureHpa),
      check('climate.pressureChipTemperatureC', pressure?.temperatureC),
    ].filter((each) => each !== null)
    return {
      sample: {
        ...sample,
        // Both of a chip's values come from one answer: one that is wrong makes the other doubtful.
        humidity: ofHumidity.length === 0 ? humidity : null,
        pressure: ofPressure.length === 0 ? pressure : null,
      },
      dropped: [...ofHumidity, ...ofPressure],
    }
  }

  /** @param factor the owner's against the processor's heat; null: no estimate */
  toClimate({ humidity, pressure, cpuTemperatureC }: Sample, factor: number | null): Climate {
    const cpu = this.#cpu.add(cpuTemperatureC)
    const temperatureC = humidity?.temperatureC ?? pressure?.temperatureC ?? null
    const corrected =
      factor === null || cpu === null || temperatureC === null
        ? null
        : correctTemperature(temperatureC, cpu, factor)
    return {
      climate: {
        temperatureC: humidity === null ? null : tidy(humidity.temperatureC, steps.temperatureC),
        humidityPercent:
          humidity === null
            ? null
            : tidy(Math.min(100, Math.max(0, humidity.humidityPercent)), steps.humidityPercent),
        pressureChipTemperatureC: pressure === null ? null : tidy(pressure.temperatureC, steps.temperatureC),
        pressureHpa: pressure === null ? null : tidy(pressure.pressureHpa, steps.pressureHpa),
      },
      estimate:
        corrected === null || factor === null
          ? null
          : {
              temperatureC: tidy(corrected, steps.temperatureC),
              humidityPercent:
                humidity === null ? null : tidy(correctHumidity(humidity, corrected), steps.humidityPercent),
              factor,
            },
      cpuTemperatureC: cpu === null ? null : tidy(cpu, 1),
    }
  }
}
