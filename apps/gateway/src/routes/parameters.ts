import { isSourceId, type LiveModel, nodeName, type SourceView } from '@tailboard/contracts'
import * as v from 'valibot'
import { HttpProblem } from '../http-problem.ts'

export const sourceParams = v.object({ source: v.string() })
export const nodeQuery = v.object({ node: v.optional(nodeName) })

/** The node that is asked for. @throws HttpProblem for any but this one: it is the only one so far. */
export function checkNode(model: LiveModel, node: string | undefined): void {
  if (node === undefined || node === model.node) return
  throw new HttpProblem('unknown-node', { detail: `This is ${model.node}.` })
}

/** What is known of a source. @throws HttpProblem when there is none of that name. */
export function sourceOf(model: LiveModel, name: string): SourceView {
  if (isSourceId(name)) return model.sources[name]
  throw new HttpProblem('unknown-source', { detail: `There are: ${Object.keys(model.sources).join(', ')}.` })
}
