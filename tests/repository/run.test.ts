import { expect, test } from 'vitest'
import { addCounts, countReport, countsLine, type VitestReport } from '../run/counts.ts'
import { judgeAllCached, runStep, type Step } from '../run/steps.ts'

const report = (changes: Partial<VitestReport>): VitestReport => ({
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
  ...changes,
})

test('the counts line is what CI reads', () => {
  expect(
    countsLine(addCounts({ passed: 1, failed: 0, skipped: 2 }, { passed: 3, failed: 4, skipped: 0 })),
  ).toBe('4 passed, 4 failed, 2 skipped')
})

test('what is skipped or still to be written is not passed', () => {
  expect(countReport(report({ numPendingTests: 2, numTodoTests: 1 }))).toEqual({
    passed: 3,
    failed: 0,
    skipped: 3,
  })
})

test('a file that does not load is a failure, a file with a failed test is counted once', () => {
  const broken = { name: 'a', status: 'failed', assertionResults: [] }
  const hook = { name: 'b', status: 'failed', assertionResults: [{ status: 'passed' }] }
  const failed = { name: 'c', status: 'failed', assertionResults: [{ status: 'failed' }] }
  expect(countReport(report({ numFailedTests: 1, testResults: [broken, hook, failed] })).failed).toBe(3)
})

test.each([
  ['Cached:    5 cached, 5 total', true],
  ['Cached:    4 cached, 5 total', false],
  ['Cached:    0 cached, 5 total', false],
  ['', false],
])('%j as a second build: %s', (output, isFine) => {
  expect(judgeAllCached(output) === null).toBe(isFine)
})

test('a step that fails, or whose output is wrong, is not passed', async () => {
  const lines: string[] = []
  const run = (step: Omit<Step, 'name'>) => runStep({ name: 'a check', ...step }, (line) => lines.push(line))
  expect(await run({ command: ['true'] })).toBe(true)
  expect(await run({ command: ['false'] })).toBe(false)
  expect(await run({ command: ['true'], judge: () => 'is wrong' })).toBe(false)
  expect(await run({ command: ['sh', '-c', 'echo out; echo err >&2; exit 3'] })).toBe(false)
  expect(lines.join('\n')).toMatch(/FAIL a check .*: is wrong/)
  expect(lines.join('\n')).toMatch(/sh ended with 3\n\s+out\n\s+err/)
})
