import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { configLimits, defaultConfig, sourceIds } from '@tailboard/contracts'
import { afterEach, describe, expect, test } from 'vitest'
import { TestGateway, until } from '../testing/test-gateway.ts'
import { ConfigFile } from './config-file.ts'
import { defaultText } from './default-text.ts'
import { parseConfig } from './parse-config.ts'

describe('a file that is refused, with its place', () => {
  const depth = 20_000
  test.each([
    [
      'sources:\n  system:\n    intervalSeconds: soon\n',
      'sources.system.intervalSeconds',
      /number of seconds/,
      3,
      5,
    ],
    [
      'sources:\n  system:\n    intervalSeconds: 3\n',
      'sources.system.intervalSeconds',
      /10 seconds or more/,
      3,
      5,
    ],
    ['sources:\n  system:\n    enabled: yes\n', 'sources.system.enabled', /true or false/, 3, 5],
    ['version: 2\n', 'version', /must be 1/, 1, 1],
    ['sources: 5\n', 'sources', /group of settings/, 1, 1],
    ['- a\n- b\n', '', /group of settings/, 1, 1],
    ['just text\n', '', /group of settings/, 1, 1],
    ['version: 1\nmaxConcurrent: 9\n', 'maxConcurrent', /4 or less/, 2, 1],
    ['version: 1\n\nversion: 1\n', 'version', /twice/, 3, 1],
    ['a: &x 1\n', '', /anchor/, 1, 7],
    ['a: &x [1]\nb: *x\n', '', /a(n anchor|n alias)/, 1, 7],
    ['version: !!int 1\n', '', /tag/, 1, 16],
    ['version: !evil 1\n', '', /tag/, 1, 1],
    ['%YAML 1.1\n---\nversion: 1\n', '', /YAML 1\.2/, 1, 1],
    ['version: 1\n---\nversion: 1\n', '', /document/, 2, 1],
    ['version: [1\n', '', /./, 2, 1],
    ['version: "\t\n', '', /./, null, null],
    ['\tversion: 1\n', '', /tab/i, 1, 1],
    ['? [a]\n: 1\n', '', /no word/, 1, 3],
    [`a: ${'['.repeat(depth)}`, '', /deeper/, null, null],
    [`a: ${'{a: '.repeat(depth / 2)}`, '', /deep/, null, null],
    ['- '.repeat(depth), '', /deeper/, null, null],
    [Array.from({ length: 150 }, (_, n) => `${' '.repeat(n)}a:`).join('\n'), '', /deeper/, null, null],
    [`a: ${'x'.repeat(configLimits.bytes)}`, '', /64 KiB/, null, null],
  ])('%#: %.40j', (text, path, reason, line, column) => {
    const parsed = parseConfig(text)
    if (parsed.isGood) throw new Error('it was taken')
    const [first] = parsed.problems
    expect(first?.path).toBe(path)
    expect(first?.reason).toMatch(reason)
    if (line !== null && reason.source !== '.') expect(first?.line).toBe(line)
    if (column !== null && !/[.]$|tag|document/.test(reason.source)) expect(first?.column).toBe(column)
  })

  test('a bomb of aliases costs nothing', () => {
    let text = 'a: &a [x,x,x,x,x,x,x,x,x]\n'
    for (let n = 0; n < 20; n++) {
      const [name, before] = ['bcdefghijklmnopqrstuvw'[n], 'abcdefghijklmnopqrstuv'[n]]
      text += `${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]\n`
    }
    const parsed = parseConfig(text)
    expect(parsed.isGood).toBe(false)
    if (!parsed.isGood) expect(parsed.problems.length).toBeLessThanOrEqual(20)
  })

  test('ten thousand keys are looked through in one pass', () => {
    const text = Array.from({ length: 9_000 }, (_, n) => `k${n}:`).join('\n')
    const parsed = parseConfig(text)
    expect(parsed.isGood).toBe(true)
  })
})

test('what is good: defaults for what is not said, unknown keys are named', () => {
  expect(parseConfig('')).toEqual({ isGood: true, config: defaultConfig, unknownKeys: [] })
  expect(parseConfig('# nothing\nsources:\n  system:\n')).toMatchObject({
    isGood: true,
    config: defaultConfig,
  })
  const parsed = parseConfig(
    'colour: red\nsources:\n  toaster: {enabled: true}\n  system: {intervalSecond: 5}\n__proto__: {polluted: 1}\n',
  )
  expect(parsed).toMatchObject({ isGood: true, config: defaultConfig })
  expect((parsed as { unknownKeys: string[] }).unknownKeys.sort()).toEqual(
    ['__proto__', 'colour', 'sources.system.intervalSecond', 'sources.toaster'].sort(),
  )
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
})

test('the file of the first start says every default and what it means, and reads back as them', () => {
  const text = defaultText(defaultConfig)
  expect(parseConfig(text)).toEqual({ isGood: true, config: defaultConfig, unknownKeys: [] })
  for (const id of sourceIds) expect(text).toMatch(new RegExp(`^  ${id}:$`, 'm'))
  expect(text).toMatch(/# Every \(s\)\. From the start of one run[^\n]*\n {4}intervalSeconds: 60/)
  expect(text).toMatch(/# Runs at the same time\.[^\n]*\nmaxConcurrent: 1/)
  expect(text).toMatch(/# Order of the cards\.[^\n]*\n {2}order: \[\]/)
})

describe('while it runs', () => {
  let it = new TestGateway()
  afterEach(() => it[Symbol.asyncDispose]())
  const inForce = () => it.gateway.config.current
  const interval = (s: number | string) => `sources:\n  system:\n    intervalSeconds: ${s}\n`

  test('the first start writes the file, and its first version', async () => {
    it = await new TestGateway().start()
    expect((await readdir(it.folder)).sort()).toEqual(['tailboard.yaml', 'versions'])
    expect(await readFile(join(it.folder, 'tailboard.yaml'), 'utf8')).toBe(defaultText(defaultConfig))
    expect(inForce()?.status).toMatchObject({ origin: 'file', problems: [], notWritable: null })
  })

  test('an edit is taken up, in each way in which editors save', async () => {
    it = await new TestGateway().start({ file: interval(60) })
    const version = inForce()?.status.version
    await it.writeFile(interval(90))
    await until(() => inForce()?.config.sources.system.intervalSeconds === 90)
    expect(inForce()?.status.version).not.toBe(version)
    await until(async () => (await it.store.readConfig())?.config.sources.system.intervalSeconds === 90)
    await until(() => it.gateway.model().sources.system.settings.intervalSeconds === 90)
    const path = join(it.folder, 'tailboard.yaml')
    await writeFile(`${path}~`, interval(120))
    await rename(`${path}~`, path)
    await until(() => inForce()?.config.sources.system.intervalSeconds === 120)
    await rename(path, `${path}.bak`)
    await writeFile(path, interval(60))
    await until(() => inForce()?.config.sources.system.intervalSeconds === 60)
    expect(inForce()?.status.version).toBe(version)
  })

  test('a broken file: the last good stays in force, with path, reason and line, also over a restart', async () => {
    it = await new TestGateway().start({ file: interval(90) })
    await it.writeFile(interval('soon'))
    await until(() => inForce()?.status.problems.length === 1)
    const expected = [
      { path: 'sources.system.intervalSeconds', line: 3, column: 5, reason: expect.any(String) },
    ]
    await until(async () => (await it.store.readConfig())?.status.problems.length === 1)
    expect((await it.get('/api/config')).json()).toMatchObject({
      status: { problems: expected },
      config: { sources: { system: { intervalSeconds: 90 } } },
    })
    expect(
      it.log.some((line) => line.includes('sources.system.intervalSeconds') && line.includes('"line":3')),
    ).toBe(true)
    await it.stopGateway()
    await it.startGateway()
    await until(() => inForce() !== null)
    expect(inForce()).toMatchObject({
      status: { origin: 'file', problems: expected },
      config: { sources: { system: { intervalSeconds: 90 } } },
    })
    await it.writeFile(interval(100))
    await until(() => inForce()?.status.problems.length === 0)
  })

  test('a broken file at a start without Redis: nothing is in force until Redis says what was', async () => {
    it = await new TestGateway().start({ file: 'version: [', isRedisThere: false })
    expect((await it.get('/api/config')).statusCode).toBe(503)
    await it.server.start()
    await until(() => inForce() !== null)
    expect(inForce()).toMatchObject({ status: { origin: 'defaults' }, config: defaultConfig })
    expect(inForce()?.status.problems.length).toBeGreaterThan(0)
  })

  test('a file that vanishes, or is no file, changes nothing', async () => {
    it = await new TestGateway().start({ file: interval(90) })
    const path = join(it.folder, 'tailboard.yaml')
    await rm(path)
    await until(() => inForce()?.status.problems[0]?.reason === 'is gone')
    await mkdir(path)
    await until(() => inForce()?.status.problems[0]?.reason === 'is no file')
    await rm(path, { recursive: true })
    await symlink('/dev/zero', path)
    await until(() => inForce()?.status.problems[0]?.reason === 'is no file')
    await rm(path)
    await writeFile(path, Buffer.from([0xff, 0xfe, 0x00]))
    await until(() => /UTF-8/.test(inForce()?.status.problems[0]?.reason ?? ''))
    await writeFile(path, 'x'.repeat(70_000))
    await until(() => /70000 bytes/.test(inForce()?.status.problems[0]?.reason ?? ''))
    expect(inForce()?.config.sources.system.intervalSeconds).toBe(90)
    await writeFile(path, interval(95))
    await until(() => inForce()?.config.sources.system.intervalSeconds === 95)
  })

  test('an unknown key is let through and named on the API and in the log', async () => {
    it = await new TestGateway().start({ file: 'colour: red\n' })
    expect((await it.get('/api/config')).json().status).toMatchObject({
      problems: [],
      unknownKeys: ['colour'],
    })
    expect(it.log.some((line) => line.includes('colour'))).toBe(true)
  })
})

describe('a folder that can’t be written', () => {
  test.each([
    ['EACCES', `sudo chown -R ${process.getuid?.()}:${process.getgid?.()} config`],
    ['EROFS', 'read-only'],
    ['ENOENT', 'mkdir config'],
  ])('%s: the line that mends it', async (code, line) => {
    const file = new ConfigFile('/config', () => Promise.reject(Object.assign(new Error(code), { code })))
    expect(await file.notWritable()).toContain(line)
  })

  test('runs on defaults and says so', async () => {
    // Nobody, not even root, can make a folder there.
    const it = await new TestGateway().start({ variables: { CONFIG_DIR: '/proc/tailboard-config' } })
    try {
      const answer = (await it.get('/api/config')).json()
      expect(answer).toMatchObject({ status: { origin: 'defaults', problems: [] }, config: defaultConfig })
      expect(answer.status.notWritable).toContain('mkdir config')
      expect(
        it.log.some((line) => line.includes('running on defaults') && line.includes('mkdir config')),
      ).toBe(true)
    } finally {
      await it[Symbol.asyncDispose]()
    }
  })
})
