import type { Issue, Problem } from '@tailboard/contracts'

/** Every problem that a client can get by name, with its status and title. */
const problems = {
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
  'already-running': [409, 'It runs already'],
  disabled: [422, 'This source is switched off'],
  'too-many': [429, 'Too many are waiting'],
  'too-many-clients': [503, 'Too many pages are open'],
  'redis-away': [503, 'The store (Redis) is away'],
  'redis-full': [503, 'The store (Redis) is full'],
  'orchestrator-away': [503, 'The orchestrator is not running'],
  'not-ready': [503, 'Tailboard is still starting'],
  'headers-too-long': [431, 'The headers are too long'],
  timeout: [408, 'The request took too long'],
  fault: [500, 'A fault in the program'],
} as const satisfies Record<string, readonly [number, string]>

export type ProblemName = keyof typeof problems

/** Thrown by a route or hook; the client gets it as a problem document. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  readonly document: Problem
  readonly headers: Record<string, string>

  constructor(
    problem: ProblemName,
    options: { detail?: string; hint?: string; issues?: Issue[]; headers?: Record<string, string> } = {},
  ) {
    const [status, title] = problems[problem]
    super(options.detail ?? title)
    const { headers, ...rest } = options
    this.document = { type: `urn:tailboard:${problem}`, title, status, ...rest }
    this.headers = headers ?? {}
  }
}
