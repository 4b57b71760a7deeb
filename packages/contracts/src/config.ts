import * as v from 'valibot'
import { field } from './field.ts'
import { sourceName } from './names.ts'
import { type SourceId, sourceContract } from './sources/index.ts'
import { perSource } from './sources/known.ts'
import { text } from './text.ts'
import { stampSchema } from './time.ts'

/** What the configuration file may hold at most. */
export const configLimits = { bytes: 64 * 1024, versions: 20 } as const

/** A poll costs a container start: seconds of a Pi's processor and hundreds of kilobytes of its card. */
export const leastIntervalSeconds = 10

/** A source that always lives has paid for its start: it may measure each second. */
export const leastServiceIntervalSeconds = 1

const seconds = (least: number, most: number) =>
  v.pipe(
    v.number('must be a number of seconds'),
    v.integer('must be a whole number of seconds'),
    v.minValue(least, `must be ${least} seconds or more`),
    v.maxValue(most, `must be ${most} seconds or less`),
  )

const groupMessage = 'must be a group of settings'

/** As v.object, but it refuses a list too: one written by mistake would pass for a group with nothing in it. */
function group<const E extends v.ObjectEntries>(entries: E): v.ObjectSchema<E, typeof groupMessage> {
  const schema = v.object(entries, groupMessage)
  return {
    ...schema,
    '~run': (dataset, config) =>
      schema['~run'](Array.isArray(dataset.value) ? { value: undefined } : dataset, config),
  }
}

/** The settings that every source has. */
export interface SourceSettings {
  enabled: boolean
  intervalSeconds: number
  timeoutSeconds: number
}

/** The settings of one source: the common ones, and its own. Every key has a default. */
export function sourceSettingsSchema(id: SourceId) {
  const { defaults, settings, life } = sourceContract(id)
  const isService = life === 'always'
  const least = isService ? leastServiceIntervalSeconds : leastIntervalSeconds
  return group({
    enabled: field(v.optional(v.boolean('must be true or false'), defaults.enabled), { label: 'On' }),
    intervalSeconds: field(v.optional(seconds(least, 86_400), defaults.intervalSeconds), {
      label: 'Every',
      unit: 's',
      description: isService
        ? 'From one measurement to the next.'
        : `From the start of one run to the start of the next. ${least} or more.`,
    }),
    timeoutSeconds: field(v.optional(seconds(5, 600), defaults.timeoutSeconds), {
      label: 'Time limit',
      unit: 's',
      description: isService
        ? 'A measurement that takes longer is given up and counted as failed.'
        : 'A run that takes longer is stopped and counted as failed.',
    }),
    ...settings,
  })
}

const sourcesSchema = group(
  perSource((id): v.GenericSchema<unknown, SourceSettings & Record<string, unknown>> => {
    return v.optional(sourceSettingsSchema(id), {}) as never
  }),
)

/** What a list of cards may hold: more than there are sources, so that one of a newer version is kept. */
export const mostCards = 64

const cardList = (label: string, description: string) =>
  field(
    v.optional(
      v.pipe(
        v.array(v.pipe(v.string('must be the name of a source'), sourceName), 'must be a list of sources'),
        v.maxLength(mostCards, `must be ${mostCards} sources or fewer`),
      ),
      [],
    ),
    { label, description },
  )

/** How the page looks, for everybody. Names that no source has are kept and skipped; a name given twice counts once. */
const pageSchema = group({
  order: cardList(
    'Order of the cards',
    'The sources, first to last. One that is not named comes after them.',
  ),
  hidden: cardList('Hidden cards', 'Sources that are measured, but not shown on the home page.'),
})

/** config/tailboard.yaml: what the owner decides. No secret, no address, no path: those are the environment's. */
export const configSchema = group({
  /** The format of the file; migrations go by this number. */
  version: field(v.optional(v.literal(1, 'must be 1'), 1), { label: 'Format of this file' }),
  maxConcurrent: field(
    v.optional(
      v.pipe(
        v.number('must be a whole number'),
        v.integer('must be a whole number'),
        v.minValue(1, 'must be 1 or more'),
        v.maxValue(4, 'must be 4 or less'),
      ),
      1,
    ),
    {
      label: 'Runs at the same time',
      description: 'How many sources may be measured at once. Each costs up to 48 MB while it runs.',
    },
  ),
  page: v.optional(pageSchema, {}),
  sources: v.optional(sourcesSchema, {} as never),
})
export type Config = v.InferOutput<typeof configSchema>

/** The configuration with nothing decided: every default. */
export const defaultConfig: Config = v.parse(configSchema, {})

/** What is wrong with the file, where it is wrong: line and column count from 1. */
export const configProblemSchema = v.object({
  path: text(200),
  reason: text(400),
  line: v.nullable(v.number()),
  column: v.nullable(v.number()),
})
export type ConfigProblem = v.InferOutput<typeof configProblemSchema>

/** Which configuration is in force and what the file is like. */
export const configStatusSchema = v.object({
  /** Changes whenever the values in force do; the ETag. */
  version: text(64),
  /** `file`: as the file says. `defaults`: there is no file, or none that was ever good. */
  origin: v.picklist(['file', 'defaults']),
  /** Why the file as it stands is not in force. Empty when it is. */
  problems: v.pipe(v.array(configProblemSchema), v.maxLength(20)),
  /** Keys in the file that nobody reads: a typing mistake, or a source that is not there yet. */
  unknownKeys: v.pipe(v.array(text(200)), v.maxLength(20)),
  /** Null when the folder can be written; else the line that mends it. */
  notWritable: v.nullable(text(400)),
  changed: stampSchema,
})
export type ConfigStatus = v.InferOutput<typeof configStatusSchema>

/** The configuration in force as the gateway publishes it for orchestrator and sources. */
export const publishedConfigSchema = v.object({ status: configStatusSchema, config: configSchema })
export type PublishedConfig = v.InferOutput<typeof publishedConfigSchema>
