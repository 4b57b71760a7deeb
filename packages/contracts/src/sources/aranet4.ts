import * as v from 'valibot'
import { amount, field, number, percent } from '../field.ts'
import { defineSource } from '../source.ts'
import { text } from '../text.ts'
import { isoTime } from '../time.ts'

/** What keeps a reading small and a run short, however many devices the neighbours have. */
export const aranet4Limits = { devices: 8, nearby: 16, name: 40 } as const

export const aranet4Models = ['aranet4', 'aranet2', 'radiation', 'radon'] as const
export type Aranet4Model = (typeof aranet4Models)[number]

/** The colour that the device shows, by the limits that its owner has set in the app. */
export const aranet4Colours = ['error', 'green', 'yellow', 'red'] as const
/** What an Aranet2 says of a value and the limits set in the app. */
export const aranet4Ranges = ['off', 'under', 'over', 'dash'] as const
export const aranet4Calibrations = ['none', 'ending', 'in-progress', 'error'] as const

/**
 * - `ok`: heard, with values. `not-heard`: silent in this run; what stands beside is of an earlier one, until that is stale.
 * - `integrations-off`: it keeps its values to itself until the owner switches them on in the app.
 * - `updating`: its firmware is being replaced. `unreadable`: heard, but never whole.
 */
export const aranet4States = ['ok', 'not-heard', 'integrations-off', 'updating', 'unreadable'] as const
export type Aranet4State = (typeof aranet4States)[number]

/** Six pairs of hexadecimal digits, in lower case. */
const address = v.pipe(v.string(), v.regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/))

/** One of the owner's devices. Null: it has no such sensor, does not know, or was not heard for too long. */
const device = v.object({
  address: field(address, { label: 'Address' }),
  /** As the owner calls it, else as it calls itself, else its address. */
  name: field(text(aranet4Limits.name), { label: 'Name' }),
  model: v.nullable(v.picklist(aranet4Models)),
  state: field(v.picklist(aranet4States), { label: 'State' }),
  /** When it took these values, by its own count of their age. */
  measuredAt: field(v.nullable(isoTime), { label: 'Measured' }),
  /** How long they may pass for current, by its own interval (s). */
  staleAfterS: v.nullable(amount),
  intervalS: field(v.nullable(amount), { label: 'Measures every', unit: 's' }),
  /** Its own count of its measurements, 0 to 255 and round again. */
  counter: v.nullable(v.pipe(amount, v.integer(), v.maxValue(255))),
  co2Ppm: field(v.nullable(amount), { label: 'CO2', unit: 'ppm', series: true }),
  temperatureC: field(v.nullable(number), { label: 'Temperature', unit: '°C', series: true }),
  humidityPercent: field(v.nullable(percent), { label: 'Humidity', unit: '%', series: true }),
  pressureHpa: field(v.nullable(amount), { label: 'Pressure', unit: 'hPa', series: true }),
  radonBqM3: field(v.nullable(amount), { label: 'Radon', unit: 'Bq/m³', series: true }),
  radiationNsvH: field(v.nullable(amount), { label: 'Radiation', unit: 'nSv/h', series: true }),
  /** Since it was last set to zero, which was `radiationDurationS` before the measurement. */
  radiationTotalNsv: field(v.nullable(amount), { label: 'Dose', unit: 'nSv' }),
  radiationDurationS: field(v.nullable(amount), { label: 'Dose taken over', unit: 's' }),
  colour: field(v.nullable(v.picklist(aranet4Colours)), { label: 'Colour on the device' }),
  temperatureRange: v.nullable(v.picklist(aranet4Ranges)),
  humidityRange: v.nullable(v.picklist(aranet4Ranges)),
  batteryPercent: field(v.nullable(percent), { label: 'Battery', unit: '%' }),
  isBatteryLow: field(v.nullable(v.boolean()), { label: 'Battery low' }),
  /** While it is in progress there is no CO2. */
  calibration: field(v.nullable(v.picklist(aranet4Calibrations)), { label: 'Calibration' }),
  isUpdating: field(v.nullable(v.boolean()), { label: 'Updating' }),
  firmware: field(v.nullable(text(16)), { label: 'Firmware' }),
  rssiDbm: field(v.nullable(number), { label: 'Signal', unit: 'dBm' }),
})
export type Aranet4Device = v.InferOutput<typeof device>

/** A device in range that is not on the owner's list: what adopting it needs. */
const nearby = v.object({
  address,
  name: v.nullable(text(aranet4Limits.name)),
  model: v.nullable(v.picklist(aranet4Models)),
  rssiDbm: field(v.nullable(number), { label: 'Signal', unit: 'dBm' }),
  /** False: its values can't be had until Smart Home integrations are switched on in the app. */
  hasIntegrations: v.boolean(),
})
export type Aranet4Nearby = v.InferOutput<typeof nearby>

export const aranet4Data = v.object({
  /** Those of the owner's list, in its order; empty when there is no list. */
  devices: field(v.pipe(v.array(device), v.maxLength(aranet4Limits.devices)), {
    label: 'Aranet',
    seriesKey: 'address',
    maxSeries: 4,
  }),
  /** Others, the strongest first. Complete when there is no list; else those heard while it waited for the owner's. */
  nearby: field(v.pipe(v.array(nearby), v.maxLength(aranet4Limits.nearby)), { label: 'In range' }),
})
export type Aranet4Data = v.InferOutput<typeof aranet4Data>

const listed = v.object(
  {
    address: v.pipe(
      v.string('must be an address such as c7:18:1e:21:f4:87'),
      v.transform((given) => given.trim().toLowerCase().replaceAll('-', ':')),
      v.regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/, 'must be an address such as c7:18:1e:21:f4:87'),
    ),
    name: v.optional(
      v.pipe(
        v.string('must be text'),
        v.maxLength(aranet4Limits.name, `must be ${aranet4Limits.name} letters or fewer`),
      ),
      '',
    ),
  },
  'must be a device: address and name',
)

const settings = {
  devices: field(
    v.optional(
      v.pipe(
        v.array(listed, 'must be a list of devices'),
        v.maxLength(aranet4Limits.devices, `must be ${aranet4Limits.devices} devices or fewer`),
        v.check(
          (devices) => new Set(devices.map((each) => each.address)).size === devices.length,
          'must name each address once',
        ),
      ),
      [],
    ),
    {
      label: 'Devices',
      description:
        'Each with its address and the name that it has here. With none, the card names those in range, and one tap takes one up.',
    },
  ),
}
export type Aranet4Settings = v.InferOutput<v.ObjectSchema<typeof settings, undefined>>

export const aranet4 = defineSource({
  id: 'aranet4',
  title: 'Air',
  description: 'CO2, temperature, humidity and pressure from Aranet devices, by Bluetooth.',
  life: 'poll',
  schema: 1,
  data: aranet4Data,
  defaults: { enabled: true, intervalSeconds: 120, timeoutSeconds: 45 },
  settings,
  commands: {},
  variables: {
    BLUETOOTH_SYS: {
      schema: v.string(),
      default: '/sys',
      description: 'Where /sys is seen: it tells why there is no Bluetooth.',
    },
  },
  givesBack: false,
})
