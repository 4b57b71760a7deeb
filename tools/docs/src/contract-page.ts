import * as contracts from '@tailboard/contracts'
import type * as v from 'valibot'
import { type Comments, meanings, readComments } from './comments.ts'
import { fieldTable, table } from './markdown.ts'
import { defaultOf, identityOf, membersOf, type Row, rowsOf } from './shape.ts'

/** Schemas with a table of their own: title, schema, file and name of the export whose comments explain it. */
const shapes: [string, v.GenericSchema, string, string][] = [
  ['Stamp', contracts.stampSchema, 'time.ts', 'stampSchema'],
  ['Clock', contracts.clockSchema, 'time.ts', 'clockSchema'],
  ['Reading', contracts.readingSchema, 'reading.ts', 'readingSchema'],
  ['Failure', contracts.failureSchema, 'error.ts', 'failureSchema'],
  ['RunState', contracts.runStateSchema, 'run.ts', 'runStateSchema'],
  ['RunRecord', contracts.runRecordSchema, 'run.ts', 'runRecordSchema'],
  ['RunCost', contracts.runCostSchema, 'run.ts', 'runCostSchema'],
  ['Command', contracts.commandSchema, 'command.ts', 'commandSchema'],
  ['Heartbeat', contracts.heartbeatSchema, 'service.ts', 'heartbeatSchema'],
  ['ServiceStatus', contracts.serviceStatusSchema, 'service.ts', 'serviceStatusSchema'],
  ['SystemStatus', contracts.systemStatusSchema, 'service.ts', 'systemStatusSchema'],
  ['LoggedRun', contracts.loggedRunSchema, 'api.ts', 'loggedRunSchema'],
  ['RedisFacts', contracts.redisFactsSchema, 'api.ts', 'redisFactsSchema'],
  ['ConfigStatus', contracts.configStatusSchema, 'config.ts', 'configStatusSchema'],
  ['ConfigProblem', contracts.configProblemSchema, 'config.ts', 'configProblemSchema'],
  ['PublishedConfig', contracts.publishedConfigSchema, 'config.ts', 'publishedConfigSchema'],
  ['ConfigVersion', contracts.configVersionSchema, 'config-version.ts', 'configVersionSchema'],
  ['ConfigChange', contracts.configChangeSchema, 'config-version.ts', 'configChangeSchema'],
]

/** Answers and bodies of the API, as `shapes`; in api.ts where no file is named. */
const calls: [string, v.GenericSchema, string, string?][] = [
  ['GET /api/sources', contracts.sourcesAnswerSchema, 'sourcesAnswerSchema'],
  ['GET /api/sources, each source', contracts.sourceAnswerSchema, 'sourceAnswerSchema'],
  ['GET /api/readings/:source', contracts.readingAnswerSchema, 'readingAnswerSchema'],
  ['GET /api/history/:source, the query', contracts.historyQuerySchema, 'historyQuerySchema', 'history.ts'],
  ['GET /api/history/:source', contracts.historyAnswerSchema, 'historyAnswerSchema', 'history.ts'],
  [
    'GET /api/history/:source, each series',
    contracts.historySeriesSchema,
    'historySeriesSchema',
    'history.ts',
  ],
  ['POST /api/sources/:source/run', contracts.runAnswerSchema, 'runAnswerSchema'],
  ['POST /api/sources/:source/commands, the body', contracts.commandBodySchema, 'commandBodySchema'],
  ['GET /api/config/versions', contracts.configVersionsAnswerSchema, 'configVersionsAnswerSchema'],
  ['GET /api/config/versions/:id', contracts.configVersionAnswerSchema, 'configVersionAnswerSchema'],
  ['GET /api/status', contracts.statusAnswerSchema, 'statusAnswerSchema'],
]

const known = new Map<unknown, string>([
  ...shapes.map(([title, schema]): [unknown, string] => [identityOf(schema), title]),
  [identityOf(contracts.sourceAnswerSchema), 'source (below)'],
  [identityOf(contracts.historySeriesSchema), 'series (below)'],
  [identityOf(contracts.configSchema), 'Config'],
])
function commentsOf(file: string, name: string): Comments {
  const found = readComments(file).get(name)
  if (found === undefined) throw new Error(`${file} has no ${name}`)
  return found
}

/** A comment that must be there: the page would have an empty cell otherwise. */
function explained(comments: Comments, name: string): string {
  const text = comments.inner.get(name)
  if (text === undefined) throw new Error(`${name} has no comment in packages/contracts`)
  return text
}

function rowsFor(schema: v.GenericSchema, inner: Map<string, string>): Row[] {
  const others = new Map([...known].filter(([identity]) => identity !== identityOf(schema)))
  return rowsOf(schema, { comment: (property) => inner.get(property) ?? '', known: others })
}

/** The comments below one member of a variant. */
function below(inner: Map<string, string>, member: string): Map<string, string> {
  const start = `${member}.`
  return new Map(
    [...inner]
      .filter(([path]) => path.startsWith(start))
      .map(([path, text]) => [path.slice(start.length), text]),
  )
}

function section(title: string, schema: v.GenericSchema, comments: Comments): string {
  return [
    `### ${title}`,
    comments.own === `${title.replaceAll('`', '')}.` ? '' : comments.own,
    fieldTable(rowsFor(schema, comments.inner)),
  ]
    .filter((text) => text !== '')
    .join('\n\n')
}

function redisKeys(): string {
  const comments = commentsOf('redis.ts', 'keys')
  const rows = Object.entries(contracts.keys).map(([name, key]) => {
    const text =
      typeof key === 'string'
        ? key
        : (key as (...args: string[]) => string)('NODE', name === 'service' ? 'SERVICE' : 'SOURCE')
    return [`\`${text}\``, explained(comments, name)]
  })
  const fields = Object.keys(contracts.sourceFields).map((name) => [
    `\`${name}\``,
    commentsOf('redis.ts', 'sourceFields').inner.get(name) ?? sourceFieldMeanings[name] ?? '',
  ])
  return [table(['Key', 'Holds'], rows), 'The hash of a source:', table(['Field', 'Holds'], fields)].join(
    '\n\n',
  )
}

const sourceFieldMeanings: Record<string, string> = {
  reading: 'The last good Reading',
  success: 'The Stamp of the last success',
  outcome: '`ok`, `partial` or `failed`: how the last run that said something ended',
  failure: 'The last Failure',
  run: 'RunState',
}

function events(): string {
  const comments = commentsOf('event.ts', 'eventSchema')
  const parts = membersOf(contracts.eventSchema).map(([type, schema]) => {
    const rows = rowsFor(schema, below(comments.inner, type)).filter((row) => row.path !== 'type')
    return [`### Event \`${type}\``, comments.inner.get(type) ?? '', fieldTable(rows)]
      .filter((text) => text !== '')
      .join('\n\n')
  })
  return [comments.own, ...parts].join('\n\n')
}

function orders(): string {
  const comments = commentsOf('command.ts', 'orderSchema')
  const rows = membersOf(contracts.orderSchema).map(([type, schema]) => [
    `\`${type}\``,
    rowsFor(schema, comments.inner)
      .filter((row) => row.path !== 'type')
      .map((row) => `\`${row.path}\``)
      .join(' '),
  ])
  return [comments.own, table(['Order', 'Carries'], rows)].join('\n\n')
}

function sourceSections(): string {
  return contracts.sourceIds
    .map((id) => {
      const source = contracts.sourceContract(id)
      const { inner } = commentsOf(`sources/${id}.ts`, `${id}Data`)
      const { defaults } = source
      const settings = rowsOf(contracts.sourceSettingsSchema(id), { comment: () => '', known })
      const entries = (
        contracts.sourceSettingsSchema(id) as unknown as { entries: Record<string, v.GenericSchema> }
      ).entries
      const commands = Object.entries(source.commands).map(([verb, command]) => [
        `\`${verb}\``,
        command.title,
        command.description,
      ])
      return [
        `### ${id}`,
        `“${source.title}”. ${source.description} Life: ${source.life}. Version of its data: ${source.schema}. By default every ${defaults.intervalSeconds} s, at most ${defaults.timeoutSeconds} s a run.`,
        fieldTable(rowsFor(source.data, inner)),
        `Settings below \`sources.${id}\` in config/tailboard.yaml:`,
        table(
          ['Setting', 'Type', 'Unit', 'Default', 'Meaning'],
          settings.map((row) => [
            `\`${row.path}\``,
            row.type.replace(', optional', ''),
            row.unit,
            `\`${defaultOf(entries[row.path] as v.GenericSchema) ?? ''}\``,
            [row.label, row.description].filter((text) => text !== '').join('. '),
          ]),
        ),
        `Commands, besides \`${contracts.runVerb}\` (measure now): ${commands.length === 0 ? 'none.' : ''}`,
        ...(commands.length === 0 ? [] : [table(['Verb', 'Title', 'Meaning'], commands)]),
      ].join('\n\n')
    })
    .join('\n\n')
}

function configuration(): string {
  const entries = (contracts.configSchema as unknown as { entries: Record<string, v.GenericSchema> }).entries
  const rows = rowsOf(contracts.configSchema, { comment: () => '', known })
    .filter((row) => !row.path.startsWith('sources'))
    .map((row) => [
      `\`${row.path}\``,
      row.type.replace(', optional', ''),
      `\`${defaultOf(entries[row.path] as v.GenericSchema) ?? ''}\``,
      [row.label, row.description].filter((text) => text !== '').join('. '),
    ])
  rows.push(['`sources`', 'object by name', '', 'Settings of each source, below'])
  return [
    commentsOf('config.ts', 'configSchema').own,
    table(['Setting', 'Type', 'Default', 'Meaning'], rows),
  ].join('\n\n')
}

function meaningTable(heads: string[], words: readonly string[], comment: string): string {
  const found = meanings(comment)
  return table(
    heads,
    words.map((word) => {
      const meaning = found.get(word)
      if (meaning === undefined) throw new Error(`${word} is not explained in packages/contracts`)
      return [`\`${word}\``, meaning]
    }),
  )
}

function variables(): string {
  const rows = contracts
    .allVariables()
    .map(({ name, variable, services }) => [
      `\`${name}\`${variable.secret === true ? ' (secret)' : ''}`,
      variable.default === undefined
        ? 'must be given'
        : variable.default === ''
          ? 'empty'
          : `\`${variable.default}\``,
      services.map((service) => (service === 'compose' ? 'docker-compose.yml' : service)).join(', '),
      variable.group === undefined ? '' : 'yes',
      variable.description,
    ])
  return table(['Variable', 'Default', 'Read by', 'In .env', 'Meaning'], rows)
}

function numbers(groups: [string, string, string, Record<string, number>][]): string {
  const rows = groups.flatMap(([title, file, name, values]) => {
    const comments = commentsOf(file, name)
    return Object.entries(values).map(([key, value]) => [
      title,
      `\`${key}\``,
      value.toLocaleString('en'),
      comments.inner.get(key) ?? '',
    ])
  })
  return table(['Of', 'Limit', 'Value', 'Meaning'], rows)
}

/** docs/contract.md. */
export function renderContract(): string {
  const webSocket = commentsOf('websocket.ts', 'ServerMessage').own
  return `${[
    '# The contract',
    'Made from packages/contracts by `node tools/docs/src/contract.ts`: change it there. `make check` fails when this page is stale. Every message that crosses a process is checked on both sides; unknown fields are let through, missing or wrong ones are refused with path and reason. A *time* is ISO 8601 in UTC, such as `2026-11-21T02:00:00.000Z`.',
    '## Redis keys',
    redisKeys(),
    '## Shapes',
    ...shapes.map(([title, schema, file, name]) => section(title, schema, commentsOf(file, name))),
    '## Events',
    `The stream \`${contracts.keys.events}\`, at most ${contracts.limits.events} of them. Field \`event\` holds the JSON; the id is the cursor.`,
    events(),
    '## Orders to the orchestrator',
    orders(),
    '## States of a source',
    meaningTable(['State', 'Meaning'], contracts.sourceStates, commentsOf('state.ts', 'SourceState').own),
    '## Kinds of failure',
    meaningTable(['Kind', 'Meaning'], contracts.errorKinds, commentsOf('error.ts', 'errorKinds').own),
    '## Sources',
    sourceSections(),
    '## Configuration',
    configuration(),
    '## API',
    ...calls.map(([title, schema, name, file = 'api.ts']) =>
      section(`\`${title}\``, schema, commentsOf(file, name)),
    ),
    '### Problems',
    `${commentsOf('problem.ts', 'problemSchema').own} The \`type\` is \`urn:tailboard:\` and one of these words.`,
    table(
      ['Problem', 'Status', 'Title'],
      Object.entries(contracts.problems).map(([name, [status, title]]) => [
        `\`${name}\``,
        String(status),
        title,
      ]),
    ),
    fieldTable(rowsFor(contracts.problemSchema, commentsOf('problem.ts', 'problemSchema').inner)),
    '## WebSocket',
    webSocket,
    '## Environment',
    variables(),
    '## Limits',
    numbers([
      ['Redis', 'redis.ts', 'limits', contracts.limits],
      ['API', 'api.ts', 'apiLimits', contracts.apiLimits],
      ['History', 'history.ts', 'historyLimits', contracts.historyLimits],
      ['WebSocket', 'websocket.ts', 'webSocketLimits', contracts.webSocketLimits],
      ['WebSocket close codes', 'websocket.ts', 'closeCodes', contracts.closeCodes],
      ['Commands', 'command.ts', 'commandLimits', contracts.commandLimits],
      ['Configuration', 'config.ts', 'configLimits', contracts.configLimits],
    ]),
  ].join('\n\n')}\n`
}
