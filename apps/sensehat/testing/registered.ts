import { sourceIds, sources } from '@tailboard/contracts/sources/index'
import { sensehat } from '@tailboard/contracts/sources/sensehat'

// Imported first, before the configuration's schema is made from the table: the HAT is then a source like the others.
if (!Object.hasOwn(sources, 'sensehat')) {
  Object.assign(sources, { sensehat })
  sourceIds.push('sensehat' as never)
}
