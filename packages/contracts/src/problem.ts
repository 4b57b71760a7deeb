/** An RFC 9457 problem document (application/problem+json). `issues` name each wrong field and the reason. */
export interface Problem {
  type: string
  title: string
  status: number
  detail?: string
  hint?: string
  issues?: { path: string; reason: string }[]
}
