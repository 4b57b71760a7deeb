import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { command, openBrowser, repository, tryCommand, until, without } from '@tailboard/stack'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** docs/adding-a-source.md, followed in a copy of the tree: what stands in its blocks is what is run. */
let folder = ''
let blocks: string[][] = []
const env = { ...process.env, CI: 'true' }
const sh = (line: string) => tryCommand('sh', ['-c', line], { cwd: folder, env })

/** Runs each line of a block of the document; all must succeed. */
async function follow(block: string[] | undefined): Promise<void> {
  for (const line of block ?? []) {
    const { code, stdout, stderr } = await sh(line)
    expect(code, `${line}\n${stdout}\n${stderr}`).toBe(0)
  }
}

describe.skipIf(without.has('redis'))('docs/adding-a-source.md', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tailboard-new-source-'))
    const listed = await command('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: repository })
    for (const file of listed.split('\0').filter((each) => each !== '')) {
      await mkdir(dirname(join(folder, file)), { recursive: true })
      await cp(join(repository, file), join(folder, file)).catch((error: NodeJS.ErrnoException) => {
        // What git still lists may be deleted in the tree.
        if (error.code !== 'ENOENT') throw error
      })
    }
    // A checkout of its own: lint and the list of files go by git.
    await command('sh', ['-c', 'git init -q && git add -A'], { cwd: folder })
    const text = await readFile(join(folder, 'docs/adding-a-source.md'), 'utf8')
    blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block.trim().split('\n'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('it begins with the one command, and that writes a source', async () => {
    expect(blocks[0]).toEqual(['make new-source NAME=tide'])
    await follow(blocks[0])
    await command('git', ['add', '-A'], { cwd: folder })
  })

  test('what it says to look at first holds: checks, tests, build', async () => {
    expect(blocks[1]?.[0]).toBe('make check')
    await follow(blocks[1])
  })

  test('every file and folder that it names is there', async () => {
    const text = await readFile(join(folder, 'docs/adding-a-source.md'), 'utf8')
    const named = [...text.matchAll(/`([\w./-]+)`/g)].map(([, path = '']) => path)
    const paths = named
      .filter((path) => /\/|\.(md|yml|ts)$|^Dockerfile$/.test(path) && !path.startsWith('/'))
      .map((path) => (/^(apps|packages|tests|tools|docs)\//.test(path) ? path : `apps/tide/${path}`))
    expect(paths.length).toBeGreaterThan(10)
    for (const path of paths) expect((await sh(`test -e '${path}'`)).code, path).toBe(0)
  })

  test('the other blocks run too, but for the one that needs a Pi', async () => {
    expect(blocks.slice(2)).toEqual([
      ['scripts/setup node tools/docs/src/contract.ts'],
      ['make test-poll SOURCE=tide'],
    ])
    await follow(blocks[2])
    expect(await command('make', ['-n', 'test-poll', 'SOURCE=tide'], { cwd: folder })).toContain(
      'run --rm source-tide',
    )
    const config = await sh('grep -c "^  source-tide:" docker-compose.yml')
    expect(config.stdout.trim()).toBe('1')
  })

  test('a name that is taken, or none, is refused in words', async () => {
    for (const name of ['tide', 'Two-words']) {
      const { code, stderr } = await sh(`make new-source NAME=${name}`)
      expect(code).not.toBe(0)
      expect(stderr).toContain(`A source can't be called "${name}"`)
    }
  })

  test.skipIf(without.has('browser'))(
    'the demo runs it: a reading in Redis, and its card in a browser',
    async () => {
      const demo = spawn('make', ['demo'], {
        cwd: folder,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      })
      let output = ''
      for (const stream of [demo.stdout, demo.stderr]) {
        stream.on('data', (chunk) => {
          output += chunk
        })
      }
      const ended = once(demo, 'exit')
      const browser = await openBrowser()
      try {
        await until('the demo to print its address', () => {
          if (demo.exitCode !== null) throw new Error(output)
          return output.includes('runs at')
        })
        const url = /runs at (http:\S+)/.exec(output)?.[1] ?? ''
        const reading = await until('a reading', async () => {
          const answer = await (await fetch(new URL('/api/readings/tide', url))).json()
          return (answer as { reading: unknown }).reading
        })
        expect(reading).toMatchObject({ simulated: true, data: { levelPercent: 42, note: 'rising' } })
        const page = await browser.newPage()
        await page.goto(url)
        const card = page.locator('article', { has: page.getByRole('heading', { name: 'Tide' }) })
        await card.getByText('42').waitFor()
        const text = await card.innerText()
        for (const word of ['Level', 'rising', 'simulated'])
          expect(text.toLowerCase()).toContain(word.toLowerCase())
      } finally {
        await browser.close()
        if (demo.pid !== undefined && demo.exitCode === null) process.kill(-demo.pid, 'SIGINT')
        await ended
      }
    },
  )
})
