import { afterEach, beforeEach, expect, test } from 'vitest'
import { asTailboardError, listIfThere, readIfThere, readNumberIfThere, readRequired } from './host-files.ts'
import { PiTree } from './testing/pi-tree.ts'

let pi: PiTree
beforeEach(async () => {
  pi = await new PiTree().start()
})
afterEach(() => pi[Symbol.asyncDispose]())

test('what is not there is null, unless it must be', async () => {
  const path = `${pi.roots.procPath}/nothing`
  expect(await readIfThere(path)).toBeNull()
  expect(await readNumberIfThere(path)).toBeNull()
  expect(await listIfThere(path)).toEqual([])
  await expect(readRequired(path)).rejects.toMatchObject({ kind: 'misconfigured' })
})

test('a file without end is cut off, not read', async () => {
  await expect(readIfThere('/dev/zero')).rejects.toMatchObject({ kind: 'malformed' })
})

test('a file that says length 0 is read to its end', async () => {
  expect(await readIfThere('/proc/self/status')).toMatch(/^Name:/)
})

test('no permission, a folder and a broken device are each told apart', async () => {
  const failure = (code: string) => asTailboardError(Object.assign(new Error(code), { code }), '/x')
  expect(failure('EACCES')).toMatchObject({ kind: 'refused' })
  expect(failure('EPERM')).toMatchObject({ kind: 'refused' })
  expect(failure('EIO')).toMatchObject({ kind: 'unreachable', message: '/x can’t be read (EIO)' })
  await expect(readIfThere(pi.roots.procPath)).rejects.toMatchObject({ kind: 'misconfigured' })
})

test('a bug stays a bug', () => {
  const bug = new TypeError('x is undefined')
  expect(asTailboardError(bug, '/x')).toBe(bug)
})

test('a number and nothing else', async () => {
  await pi.write('proc/number', '43945312\n')
  expect(await readNumberIfThere(`${pi.roots.procPath}/number`)).toBe(43_945_312)
  await pi.write('proc/number', '12 monkeys')
  await expect(readNumberIfThere(`${pi.roots.procPath}/number`)).rejects.toMatchObject({ kind: 'malformed' })
})
