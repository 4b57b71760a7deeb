import * as v from 'valibot'
import { amount, field, number, percent } from '../field.ts'
import { joystickKeys } from '../press.ts'
import { defineSource } from '../source.ts'
import { text } from '../text.ts'
import { isoTime } from '../time.ts'
import { isTimeZone } from './weather.ts'

export const sensehatLimits = { message: 100, pixels: 64, dropped: 8 } as const

/** How a value came here: over the I2C bus by our own driver, from the kernel's files, or made up. */
export const sensehatWays = ['i2c', 'kernel', 'simulated'] as const
export type SensehatWay = (typeof sensehatWays)[number]

/** `rising` and `falling` from 1 hPa in three hours on, `-fast` from 3.5. */
export const pressureTrends = ['falling-fast', 'falling', 'steady', 'rising', 'rising-fast'] as const
export type PressureTrend = (typeof pressureTrends)[number]

/** What the LEDs show, and why: `night` is the owner's hours of dark. */
export const ledModes = ['off', 'message', 'gauge', 'night'] as const
export type LedMode = (typeof ledModes)[number]

const way = v.nullable(v.picklist(sensehatWays))
const axes = (unit: string, label: string) =>
  field(v.object({ x: number, y: number, z: number }), { label, unit })

/** What the Sense HAT measures and shows. Null: that part does not answer. */
export const sensehatData = v.object({
  /** As the chips say it. The HAT sits above the processor: both temperatures read some degrees high. */
  climate: v.object({
    temperatureC: field(v.nullable(number), { label: 'Temperature as measured', unit: '°C', series: true }),
    humidityPercent: field(v.nullable(percent), {
      label: 'Humidity as measured',
      unit: '%',
      series: true,
    }),
    pressureChipTemperatureC: field(v.nullable(number), {
      label: 'Temperature, pressure chip',
      unit: '°C',
    }),
    /** Here, not at sea level. */
    pressureHpa: field(v.nullable(amount), { label: 'Pressure', unit: 'hPa', series: true }),
  }),
  /** Null until the service has seen three hours since this Pi started. */
  pressureTendency: v.nullable(
    v.object({
      changeHpa: field(number, { label: 'In three hours', unit: 'hPa' }),
      trend: v.picklist(pressureTrends),
    }),
  ),
  /** The room, worked out from the owner's factor (docs/sensehat.md has the formula). An estimate: say so. Null: no factor is set. */
  estimate: v.nullable(
    v.object({
      temperatureC: field(number, { label: 'Temperature, estimated', unit: '°C', series: true }),
      humidityPercent: field(v.nullable(percent), { label: 'Humidity, estimated', unit: '%', series: true }),
      factor: number,
    }),
  ),
  /** The processor's, the mean of the last readings. */
  cpuTemperatureC: field(v.nullable(number), { label: 'Processor', unit: '°C' }),
  motion: v.nullable(
    v.object({
      /** To the side, -180 to 180. */
      rollDegrees: field(number, { label: 'Roll', unit: '°' }),
      /** Forward, -90 to 90. */
      pitchDegrees: field(number, { label: 'Pitch', unit: '°' }),
      /** Clockwise from magnetic north, tilt taken out. The compass is not calibrated. */
      headingDegrees: field(v.pipe(number, v.minValue(0), v.maxValue(360)), { label: 'Heading', unit: '°' }),
      accelerationG: axes('g', 'Acceleration'),
      compassUt: axes('µT', 'Magnetic field'),
    }),
  ),
  leds: v.object({
    isAvailable: field(v.boolean(), { label: 'LEDs' }),
    mode: v.picklist(ledModes),
    /** The message that is shown. */
    message: v.nullable(text(sensehatLimits.message)),
    /** What the gauge shows: a field's path, and its value (null: there is none that is current). */
    gauge: v.nullable(v.object({ of: text(80), value: v.nullable(number) })),
    /** As they are lit now, row by row from the top left, `rrggbb` each, brightness included. Null: all dark. */
    pixels: v.nullable(v.pipe(v.string(), v.regex(/^[0-9a-f]{384}$/, 'must be 64 colours'))),
  }),
  joystick: v.object({
    isAvailable: field(v.boolean(), { label: 'Joystick' }),
    lastPress: v.nullable(v.object({ key: v.picklist(joystickKeys), at: isoTime })),
  }),
  via: v.object({ humidity: way, pressure: way }),
  /** Values of this measurement that could not be true, and why; empty as a rule. */
  dropped: v.pipe(
    v.array(v.object({ field: text(48), value: number, reason: text(120) })),
    v.maxLength(sensehatLimits.dropped),
  ),
})
export type SensehatData = v.InferOutput<typeof sensehatData>

const colour = (what: string) =>
  v.pipe(v.string(what), v.regex(/^#[0-9a-f]{6}$/i, 'must be a colour such as #ff8800'))

const whole = (least: number, most: number, fallback: number) => {
  const message = `must be a whole number from ${least} to ${most}`
  const schema = v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(least, message),
    v.maxValue(most, message),
  )
  return v.optional(schema, fallback)
}

const limit = (fallback: number) =>
  v.optional(v.pipe(v.number('must be a number'), v.finite('must be a number')), fallback)
const noLimit = v.optional(
  v.nullable(v.pipe(v.number('must be a number'), v.finite('must be a number'))),
  null,
)

const clockMessage = 'must be a time such as 22:30, or empty'
const clock = v.optional(
  v.pipe(v.string(clockMessage), v.regex(/^(([01]\d|2[0-3]):[0-5]\d)?$/, clockMessage)),
  '',
)

const action = (fallback: string) =>
  v.optional(
    v.pipe(
      v.string('must be text'),
      v.regex(
        /^(nothing|address|clear|run [a-z][a-z0-9]{1,23})$/,
        'must be nothing, address, clear or run SOURCE',
      ),
    ),
    fallback,
  )

const factorMessage = 'must be a number from 0.5 to 100, or null'

const settings = {
  cpuHeatFactor: field(
    v.optional(
      v.nullable(
        v.pipe(v.number(factorMessage), v.minValue(0.5, factorMessage), v.maxValue(100, factorMessage)),
      ),
      null,
    ),
    {
      label: 'Factor against the processor’s heat',
      description:
        'Empty: no estimate. The smaller, the more is taken off; find yours with a thermometer beside the Pi (docs/sensehat.md).',
    },
  ),
  ledShow: field(
    v.optional(v.picklist(['off', 'message', 'gauge'], 'must be off, message or gauge'), 'off'),
    {
      label: 'The LEDs show',
      description: 'off, message or gauge.',
    },
  ),
  ledMessage: field(
    v.optional(
      v.pipe(
        v.string('must be text'),
        v.maxLength(sensehatLimits.message, `must be ${sensehatLimits.message} letters or fewer`),
      ),
      '',
    ),
    { label: 'Message' },
  ),
  ledColour: field(v.optional(colour('must be text'), '#ffffff'), { label: 'Colour of the message' }),
  ledGauge: field(
    v.optional(
      v.pipe(
        v.string('must be text'),
        v.maxLength(80, 'must be 80 letters or fewer'),
        v.regex(
          /^[a-z][a-z0-9]{1,23}(\.[A-Za-z0-9]+)+$/,
          'must be SOURCE.FIELD such as system.cpu.temperatureC',
        ),
      ),
      'sensehat.climate.temperatureC',
    ),
    {
      label: 'The gauge is of',
      description: 'Any number on the dashboard: the source, then the field (docs/contract.md).',
    },
  ),
  ledGaugeFrom: field(limit(15), { label: 'Gauge empty at' }),
  ledGaugeTo: field(limit(30), { label: 'Gauge full at' }),
  ledGaugeYellowFrom: field(noLimit, { label: 'Yellow from' }),
  ledGaugeRedFrom: field(noLimit, { label: 'Red from' }),
  ledBrightness: field(whole(1, 100, 30), { label: 'Brightness', unit: '%' }),
  ledRotation: field(v.optional(v.picklist([0, 90, 180, 270], 'must be 0, 90, 180 or 270'), 0), {
    label: 'Turned by',
    unit: '°',
    description: '0, 90, 180 or 270. 0: the HDMI port points down.',
  }),
  nightFrom: field(clock, { label: 'Night from', description: 'Such as 22:30. Empty: no night.' }),
  nightTo: field(clock, { label: 'Night to' }),
  nightBrightness: field(whole(0, 100, 0), { label: 'Brightness at night', unit: '%' }),
  timeZone: field(
    v.optional(
      v.pipe(
        v.string('must be text'),
        v.check((name) => name === '' || isTimeZone(name), 'must be a time zone such as Europe/Berlin'),
      ),
      '',
    ),
    { label: 'Time zone', description: 'For the night. Empty: that of the weather’s place, else UTC.' },
  ),
  joystickUp: field(action('nothing'), {
    label: 'Joystick up',
    description: 'nothing, address, clear or run SOURCE.',
  }),
  joystickDown: field(action('nothing'), { label: 'Joystick down' }),
  joystickLeft: field(action('nothing'), { label: 'Joystick left' }),
  joystickRight: field(action('nothing'), { label: 'Joystick right' }),
  joystickMiddle: field(action('address'), {
    label: 'Joystick pressed',
    description: 'nothing, address (shows this Pi’s own), clear or run SOURCE.',
  }),
}
export type SensehatSettings = v.InferOutput<v.ObjectSchema<typeof settings, undefined>>

/** Arguments of the command `message`. */
export const sensehatMessageArgs = v.object({
  text: field(
    v.pipe(
      v.string('must be text'),
      v.trim(),
      v.minLength(1, 'must not be empty'),
      v.maxLength(sensehatLimits.message, `must be ${sensehatLimits.message} letters or fewer`),
      text(sensehatLimits.message),
    ),
    { label: 'Message' },
  ),
  colour: field(v.optional(colour('must be text'), '#ffffff'), { label: 'Colour' }),
  /** How often it runs through. */
  times: field(whole(1, 20, 3), { label: 'Times' }),
})

export const sensehat = defineSource({
  id: 'sensehat',
  title: 'Sense HAT',
  description:
    'Temperature, humidity, pressure and orientation from the board on top of the Pi, and its LEDs.',
  life: 'always',
  schema: 1,
  data: sensehatData,
  defaults: { enabled: true, intervalSeconds: 5, timeoutSeconds: 20 },
  settings,
  commands: {
    message: {
      title: 'Show a message',
      description: 'Runs over the LEDs, then they show what they showed before.',
      args: sensehatMessageArgs,
    },
    clear: {
      title: 'Switch the LEDs off',
      description: 'Until the next message or change of their settings.',
      args: v.object({}),
    },
  },
  variables: {},
  givesBack: false,
})
