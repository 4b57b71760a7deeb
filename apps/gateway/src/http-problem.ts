import { type Issue, type Problem, type ProblemName, problems } from '@tailboard/contracts'

export type { ProblemName } from '@tailboard/contracts'

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
