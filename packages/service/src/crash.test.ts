import { spawnSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'

const folder = pathToFileURL(`${import.meta.dirname}/`).href

/** A program of its own: what nobody caught ends a process. */
function run(fault: string) {
  const program = `
    import { onCrash } from '${folder}crash.ts'
    import { createLogger } from '${folder}log.ts'
    import { redactor } from '${folder}redact.ts'
    redactor.add('planted/secret')
    onCrash(createLogger({ service: 'test' }), 70)
    ${fault}
    setTimeout(() => {}, 60_000)`
  return spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
}

test.each([
  ['thrown', "setTimeout(() => { throw new Error('with planted/secret') })"],
  ['a promise that nobody took', "Promise.reject(new Error('with planted%2Fsecret'))"],
  ['no error at all', "setTimeout(() => { throw 'planted/secret' })"],
])('%s ends the process with its code, in our own words', (_name, fault) => {
  const { status, stdout, stderr } = run(fault)
  expect(status).toBe(70)
  expect(JSON.parse(stdout)).toMatchObject({ level: 'error', message: 'a fault in the program' })
  expect(stderr).toBe('')
  expect(stdout).not.toContain('planted')
  expect(stdout).toContain('•••')
})
