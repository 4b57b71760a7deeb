import type * as v from 'valibot'

/** An environment variable: what differs from machine to machine (addresses, ports, secrets). */
export interface Variable {
  /** From the string in the environment to the value that the program uses. */
  schema: v.GenericSchema<string, unknown>
  /** The value when it is absent or empty. Undefined: it must be given. */
  default?: string
  description: string
  /** Heading in .env.example. Variables without one are set by the compose file or the demo, never by the owner. */
  group?: string
  /** Never logged or shown; `NAME_FILE` may name a file that holds it. */
  secret?: true
}

export type Variables = Record<string, Variable>

/** The values of a set of variables, as their schemas make them. */
export type Environment<V extends Variables> = { [K in keyof V]: v.InferOutput<V[K]['schema']> }
