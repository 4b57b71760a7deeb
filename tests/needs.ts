/** A part of the machine that a test may lack. */
export type Part = 'engine' | 'browser' | 'namespaces' | 'redis'

/**
 * Whether scripts/test found that this machine lacks one of the parts. Give it to `describe.skipIf`: the tests are then
 * counted as skipped, and the run says why. A part that should be there and fails is a failure.
 */
export function lacks(...parts: Part[]): boolean {
  const without = (process.env.TAILBOARD_WITHOUT ?? '').split(',')
  return parts.some((part) => without.includes(part))
}
