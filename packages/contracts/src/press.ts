import * as v from 'valibot'
import { text } from './text.ts'
import { stampSchema } from './time.ts'

/** The five ways of a joystick. `middle`: pressed down. */
export const joystickKeys = ['up', 'down', 'left', 'right', 'middle'] as const
export type JoystickKey = (typeof joystickKeys)[number]

/** A button that somebody pressed on a device. */
export const pressSchema = v.object({
  key: v.picklist(joystickKeys),
  /** What came of it, in words. Null: nothing is set for it. */
  did: v.nullable(text(200)),
  stamp: stampSchema,
})
export type Press = v.InferOutput<typeof pressSchema>
