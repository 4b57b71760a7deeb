import * as v from 'valibot'

/** An RFC 9457 problem document (application/problem+json). `issues` name each wrong field and the reason. */
export const problemSchema = v.object({
  /** Which kind of problem, as a name that stays: `urn:tailboard:unknown-source`. */
  type: v.string(),
  title: v.string(),
  status: v.number(),
  detail: v.optional(v.string()),
  /** What to do about it. */
  hint: v.optional(v.string()),
  issues: v.optional(v.array(v.object({ path: v.string(), reason: v.string() }))),
})
export type Problem = v.InferOutput<typeof problemSchema>

/** Every problem that a client can get, by the last word of its `type`, with its status and title. */
export const problems = {
  'not-found': [404, 'There is nothing here'],
  'unknown-source': [404, 'There is no such source'],
  'unknown-node': [404, 'There is no such Pi'],
  'bad-request': [400, 'This request can’t be read'],
  'foreign-origin': [403, 'Another web page may not do this'],
  'unknown-host': [421, 'This dashboard is not known by that name'],
  'not-json': [415, 'The body must be JSON'],
  'too-large': [413, 'The body is too large'],
  'url-too-long': [414, 'The address is too long'],
  'upgrade-required': [426, 'This address is for WebSockets'],
  invalid: [422, 'Something in this request is not as it must be'],
  'version-needed': [428, 'Say which version of the settings you saw'],
  'changed-meanwhile': [412, 'The settings were changed meanwhile'],
  'config-broken': [409, 'config/tailboard.yaml has a mistake'],
  'config-not-writable': [503, 'The settings can’t be saved'],
  'unknown-version': [404, 'There is no such version of the settings'],
  'already-running': [409, 'It runs already'],
  'on-demand': [422, 'This source can’t be run by hand'],
  disabled: [422, 'This source is switched off'],
  'too-many': [429, 'Too many are waiting'],
  'too-many-clients': [503, 'Too many pages are open'],
  'redis-away': [503, 'The store (Redis) is away'],
  'redis-full': [503, 'The store (Redis) is full'],
  'orchestrator-away': [503, 'The orchestrator is not running'],
  'source-away': [503, 'The service of this source is not running'],
  'camera-off': [404, 'The camera is off'],
  'camera-starting': [503, 'The camera is starting'],
  'camera-failed': [503, 'The camera does not work'],
  'not-ready': [503, 'Tailboard is still starting'],
  'headers-too-long': [431, 'The headers are too long'],
  timeout: [408, 'The request took too long'],
  fault: [500, 'A fault in the program'],
} as const satisfies Record<string, readonly [number, string]>

export type ProblemName = keyof typeof problems
