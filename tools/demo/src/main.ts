// The whole system from this checkout, without Docker.
//   node tools/demo/src/main.ts [--watch]
// PORT=9000: this port and no other. VERBOSE=1: every line of every log. DEMO_DATA=FOLDER: its data there, not in .demo/.
import { join, resolve } from 'node:path'
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

const { PORT: port = '', DEMO_DATA: data = '' } = process.env
if (port !== '' && !/^[1-9]\d{0,4}$/.test(port))
  fail(new DemoError(`PORT is "${port}", but must be a port number`))

const demo = new Demo({
  root,
  data: data === '' ? join(root, '.demo') : resolve(data),
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
  // Without such a reason it is our own stop that ends it.
  const { reason } = demo.ended
  if (reason instanceof DemoError) stop().then(() => fail(reason), fail)
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
