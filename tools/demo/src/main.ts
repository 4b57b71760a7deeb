// The whole system from this checkout, without Docker. See README.md beside this folder's package.json.
//   node tools/demo/src/main.ts [--watch]     PORT=9000  VERBOSE=1
import { join } from 'node:path'
import { Demo } from './demo.ts'
import { DemoError } from './demo-error.ts'
import { buildAll, ensureRedis } from './prepare.ts'

const root = join(import.meta.dirname, '../../..')
const say = (line: string) => console.log(line)

function fail(error: unknown): never {
  // A mistake of ours keeps its stack; what a person can mend is said in words.
  console.error(error instanceof DemoError ? `demo: ${error.message}` : error)
  process.exit(1)
}

const { PORT: port = '' } = process.env
if (port !== '' && !/^[1-9]\d{0,4}$/.test(port))
  fail(new DemoError(`PORT is "${port}", but must be a port number`))

const demo = new Demo({
  root,
  data: join(root, '.demo'),
  isWatching: process.argv.includes('--watch'),
  isVerbose: (process.env.VERBOSE ?? '') !== '',
  port: port === '' ? null : Number(port),
  given: process.env,
  say,
})

let stopping: Promise<void> | undefined
const stop = () => {
  stopping ??= demo.stop()
  return stopping
}
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    if (stopping === undefined) say('\ndemo: stopping')
    stop().then(() => process.exit(0), fail)
  })
}
demo.ended.addEventListener('abort', () => {
  if (stopping === undefined) stop().then(() => fail(demo.ended.reason), fail)
})

try {
  await ensureRedis(root, demo.ended)
  say('demo: building')
  await buildAll(root, demo.ended)
  say('demo: starting')
  const url = await demo.start()
  say('')
  say(`Tailboard runs at ${url}   (Ctrl-C ends it)`)
} catch (error) {
  if (stopping === undefined) {
    await stop()
    fail(error)
  }
}
