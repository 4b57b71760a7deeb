import { describe, expect, test } from 'vitest'
import { ClimateKeeper } from './climate.ts'
import { CpuMean, correctHumidity, correctTemperature, saturationHpa } from './correction.ts'
import type { Sample } from './driver.ts'

const sample = (own: Partial<Sample> = {}): Sample => ({
  humidity: { humidityPercent: 40, temperatureC: 30, via: 'i2c' },
  pressure: { pressureHpa: 1013, temperatureC: 29, via: 'i2c' },
  motion: null,
  cpuTemperatureC: 48,
  hasLeds: true,
  hasJoystick: true,
  problems: [],
  ...own,
})

describe('the correction against the processor’s heat', () => {
  test.each([
    [34.2, 55.8, 1.5, '19.800'],
    [34.2, 55.8, 5.466, '30.248'],
    [30, 48, 2, '21.000'],
  ])('T %f, Tcpu %f, F %f: %s', (temperature, cpu, factor, corrected) => {
    expect(correctTemperature(temperature, cpu, factor).toFixed(3)).toBe(corrected)
  })

  test('the same water in cooler air is more of a percent, at most 100', () => {
    expect(saturationHpa(0)).toBe(6.112)
    const measured = { humidityPercent: 40, temperatureC: 30 }
    expect(correctHumidity(measured, 30)).toBe(40)
    // es(30) = 42.337 hPa, es(21) = 24.809 hPa
    expect(correctHumidity(measured, 21).toFixed(2)).toBe('68.26')
    expect(correctHumidity(measured, 5)).toBe(100)
  })

  test('the processor’s temperature is a mean of three at least', () => {
    const mean = new CpuMean()
    expect([mean.add(48), mean.add(50), mean.add(52)]).toEqual([null, null, 50])
    expect(mean.add(null)).toBeNull()
  })

  test('off until the owner sets his factor; raw beside corrected', () => {
    const keeper = new ClimateKeeper()
    for (let n = 0; n < 3; n++) keeper.toClimate(sample(), null)
    expect(keeper.toClimate(sample(), null).estimate).toBeNull()
    expect(keeper.toClimate(sample(), 2)).toEqual({
      climate: { temperatureC: 30, humidityPercent: 40, pressureChipTemperatureC: 29, pressureHpa: 1013 },
      estimate: { temperatureC: 21, humidityPercent: 68.3, factor: 2 },
      cpuTemperatureC: 48,
    })
  })

  test('a formula that goes beyond a full scale is shown as full', () => {
    const wet = sample({ humidity: { humidityPercent: 102.3, temperatureC: 20, via: 'i2c' } })
    expect(new ClimateKeeper().toClimate(wet, null).climate.humidityPercent).toBe(100)
  })
})

describe('what can’t be true', () => {
  const spike = sample({ humidity: { humidityPercent: 41, temperatureC: 80, via: 'i2c' } })

  test('a jump is dropped by name, and the next good value goes on', () => {
    const keeper = new ClimateKeeper()
    expect(keeper.sift(sample(), 0).dropped).toEqual([])
    const { sample: sifted, dropped } = keeper.sift(spike, 5000)
    expect(dropped).toEqual([
      { field: 'climate.temperatureC', value: 80, reason: '50 away from the value before' },
    ])
    expect(sifted.humidity).toBeNull()
    expect(sifted.pressure).not.toBeNull()
    expect(keeper.sift(sample(), 10_000)).toMatchObject({
      dropped: [],
      sample: { humidity: { temperatureC: 30 } },
    })
  })

  test('two that agree are the world’s own doing', () => {
    const keeper = new ClimateKeeper()
    keeper.sift(sample(), 0)
    keeper.sift(spike, 5000)
    expect(keeper.sift(spike, 5200).dropped).toEqual([])
  })

  test('after a pause nothing is known of before', () => {
    const keeper = new ClimateKeeper()
    keeper.sift(sample(), 0)
    expect(keeper.sift(spike, 6 * 60_000).dropped).toEqual([])
  })

  test.each([[259], [1261], [Number.NaN]])('%f hPa is no pressure that the chip measures', (pressureHpa) => {
    const { dropped } = new ClimateKeeper().sift(
      sample({ pressure: { pressureHpa, temperatureC: 29, via: 'i2c' } }),
      0,
    )
    expect(dropped[0]).toMatchObject({
      field: 'climate.pressureHpa',
      reason: 'the chip measures 260 to 1260 only',
    })
  })
})
