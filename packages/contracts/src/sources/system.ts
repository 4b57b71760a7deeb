import * as v from 'valibot'
import { amount, field, number, percent } from '../field.ts'
import { defineSource } from '../source.ts'
import { text } from '../text.ts'

const flag = v.nullable(v.boolean())

/** One network interface of the host. Counters are since it came up; rates are null on the first run and after a reset. */
const networkInterface = v.object({
  name: text(32),
  isUp: v.boolean(),
  addresses: v.pipe(v.array(text(64)), v.maxLength(16)),
  receivedBytes: field(amount, { label: 'Received', unit: 'B' }),
  sentBytes: field(amount, { label: 'Sent', unit: 'B' }),
  receivedBytesPerS: field(v.nullable(amount), { label: 'Download', unit: 'B/s', series: true }),
  sentBytesPerS: field(v.nullable(amount), { label: 'Upload', unit: 'B/s', series: true }),
})

/** Share of time in which some task waited for the resource, over the last minute. Needs psi=1 on a Pi. */
const pressure = v.object({
  cpuPercent: field(percent, { label: 'Waiting for the processor', unit: '%' }),
  memoryPercent: field(percent, { label: 'Waiting for memory', unit: '%' }),
  ioPercent: field(percent, { label: 'Waiting for the card', unit: '%' }),
})

const powerFlags = {
  isUnderVoltage: field(flag, { label: 'Under-voltage' }),
  isCapped: field(flag, { label: 'Clock capped' }),
  isThrottled: field(flag, { label: 'Throttled' }),
  isSoftLimited: field(flag, { label: 'Soft temperature limit' }),
}

/** The state of the machine that Tailboard runs on. Null: this machine does not tell. */
export const systemData = v.object({
  host: v.object({
    name: v.nullable(text(64)),
    model: v.nullable(text(128)),
    uptimeS: field(amount, { label: 'Up for', unit: 's' }),
  }),
  cpu: v.object({
    usedPercent: field(v.nullable(percent), { label: 'Processor', unit: '%', series: true }),
    perCorePercent: field(v.pipe(v.array(v.nullable(percent)), v.maxLength(64)), {
      label: 'Cores',
      unit: '%',
    }),
    load1: field(amount, { label: 'Load, 1 min', series: true }),
    load5: field(amount, { label: 'Load, 5 min' }),
    load15: field(amount, { label: 'Load, 15 min' }),
    clockMhz: field(v.nullable(amount), { label: 'Clock', unit: 'MHz' }),
    temperatureC: field(v.nullable(number), { label: 'Processor temperature', unit: '°C', series: true }),
  }),
  memory: v.object({
    totalBytes: field(amount, { label: 'Memory', unit: 'B' }),
    availableBytes: field(amount, { label: 'Memory available', unit: 'B' }),
    usedPercent: field(percent, { label: 'Memory used', unit: '%', series: true }),
    swapTotalBytes: field(amount, { label: 'Swap', unit: 'B' }),
    swapUsedBytes: field(amount, { label: 'Swap used', unit: 'B', series: true }),
  }),
  /** The file system that holds `/`. */
  disk: v.object({
    device: v.nullable(text(64)),
    totalBytes: field(v.nullable(amount), { label: 'Card', unit: 'B' }),
    usedBytes: field(v.nullable(amount), { label: 'Card used', unit: 'B' }),
    availableBytes: field(v.nullable(amount), { label: 'Card available', unit: 'B' }),
    /** As df prints it, unrounded: used / (used + available to everyone). */
    usedPercent: field(v.nullable(percent), { label: 'Card used', unit: '%', series: true }),
    isReadOnly: field(flag, { label: 'Card read-only' }),
    /** Errors that ext4 has counted on it. An SD card tells nothing of its wear: this and read-only are its signs. */
    errorCount: field(v.nullable(amount), { label: 'Errors on the card' }),
    readBytesPerS: field(v.nullable(amount), { label: 'Reading', unit: 'B/s', series: true }),
    writtenBytesPerS: field(v.nullable(amount), { label: 'Writing', unit: 'B/s', series: true }),
    writtenBytes: field(v.nullable(amount), { label: 'Written since start', unit: 'B' }),
    lifetimeWrittenBytes: field(v.nullable(amount), { label: 'Written in its life', unit: 'B' }),
  }),
  network: field(v.pipe(v.array(networkInterface), v.maxLength(16)), {
    label: 'Network',
    seriesKey: 'name',
    maxSeries: 4,
  }),
  power: v.object({
    now: v.object(powerFlags),
    /** Seen by any of our runs since the Pi started: the firmware's own memory of it is cleared by its driver. */
    sinceBoot: v.object(powerFlags),
  }),
  pressure: v.nullable(pressure),
})
export type SystemData = v.InferOutput<typeof systemData>

export const system = defineSource({
  id: 'system',
  title: 'This Pi',
  description:
    'Processor, memory, card, network, temperature and power of the machine that Tailboard runs on.',
  life: 'poll',
  schema: 1,
  data: systemData,
  defaults: { enabled: true, intervalSeconds: 60, timeoutSeconds: 20 },
  settings: {},
  commands: {},
  variables: {
    HOST_PROC: { schema: v.string(), default: '/host/proc', description: 'Where the host’s /proc is seen.' },
    HOST_SYS: { schema: v.string(), default: '/host/sys', description: 'Where the host’s /sys is seen.' },
    HOST_NAME_FILE: {
      schema: v.string(),
      default: '/host/etc/hostname',
      description: 'The host’s /etc/hostname; it lies on the card, so the card’s size is read through it.',
    },
  },
  givesBack: false,
})
