import { problemSchema, sourceContract, sourceIds } from '@tailboard/contracts'
import { toJsonSchema } from '@valibot/to-json-schema'
import type * as v from 'valibot'
import type { Operation } from './plugins/operations.ts'

type Json = Record<string, unknown>

/** Problems that every call may answer: a guard's, and a fault. */
const always = [421, 500]

/** The OpenAPI 3.1 document of the calls, made from the schemas that check them. */
export function openapiDocument(operations: readonly Operation[], version: string): Json {
  const paths: Record<string, Json> = {}
  for (const operation of operations) {
    const path = operation.url.replace(/:([a-z]+)/g, '{$1}')
    paths[path] = { ...paths[path], [operation.method]: describe(operation) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Tailboard', version, license: { name: 'MIT', identifier: 'MIT' } },
    paths,
    components: {
      schemas: {
        Problem: json(problemSchema, 'output'),
        ...Object.fromEntries(sourceIds.map((id) => [`${id}Data`, json(sourceContract(id).data, 'output')])),
      },
    },
  }
}

function describe({ method, url, summary, schema, mediaType, problems, ifMatch }: Operation): Json {
  const responses: Record<string, Json> = {}
  for (const [status, body] of Object.entries(schema.response ?? {})) {
    responses[status] = { description: 'Done', content: { [mediaType]: { schema: json(body, 'output') } } }
  }
  if (schema.response === undefined) {
    responses['200'] = { description: 'Done', content: { [mediaType]: { schema: { type: 'string' } } } }
  }
  for (const status of [...problems, ...always]) {
    const problem = { schema: { $ref: '#/components/schemas/Problem' } }
    responses[String(status)] = { description: 'A problem', content: { 'application/problem+json': problem } }
  }
  const parameters = [
    ...parametersOf(schema.params, 'path'),
    ...parametersOf(schema.querystring, 'query'),
    ...(ifMatch ? [{ name: 'If-Match', in: 'header', required: true, schema: { type: 'string' } }] : []),
  ]
  return {
    operationId: `${method}${url.replace(/[^a-zA-Z]+(.?)/g, (_all, next: string) => next.toUpperCase())}`,
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(schema.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: json(schema.body, 'input') } },
          },
        }),
    responses,
  }
}

function parametersOf(schema: v.GenericSchema | undefined, place: 'path' | 'query'): Json[] {
  if (schema === undefined) return []
  const { properties = {}, required = [] } = json(schema, 'input') as {
    properties?: Json
    required?: string[]
  }
  return Object.entries(properties).map(([name, inner]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: inner,
  }))
}

function json(schema: v.GenericSchema, typeMode: 'input' | 'output'): Json {
  // A check that JSON Schema has no word for (a date that exists) is left out, not an error.
  const { $schema: _, ...rest } = toJsonSchema(
    schema as never,
    { typeMode, errorMode: 'ignore', target: 'draft-2020-12' } as never,
  ) as Json
  return rest
}
