import { issuesOf } from '@tailboard/contracts'
import type { FastifySchemaCompiler, FastifyTypeProvider } from 'fastify'
import * as v from 'valibot'
import { HttpProblem } from '../http-problem.ts'

/** Gives a route's handler the types of its valibot schemas. */
export interface ValibotTypes extends FastifyTypeProvider {
  validator: this['schema'] extends v.GenericSchema ? v.InferOutput<this['schema']> : unknown
  serializer: unknown
}

const buildValidator = (): FastifySchemaCompiler<v.GenericSchema> => {
  return ({ schema }) =>
    (data: unknown) => {
      const result = v.safeParse(schema, data)
      if (result.success) return { value: result.output }
      return { error: new HttpProblem('invalid', { issues: issuesOf(result.issues) }) }
    }
}

/** In place of Ajv and fast-json-stringify, which would cost 5 MB: Fastify loads them only when these are missing. */
export const schemaController = {
  compilersFactory: {
    buildValidator: buildValidator as never,
    buildSerializer: (() => () => (data: unknown) => JSON.stringify(data)) as never,
  },
}
