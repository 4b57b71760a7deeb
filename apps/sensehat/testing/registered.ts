import { sources } from '@tailboard/contracts/sources/index'
import { sourceIds } from '@tailboard/contracts/sources/known'
import { sensehat } from '@tailboard/contracts/sources/sensehat'
import { summaries, summaryOf } from '@tailboard/contracts/sources/summaries'

// Imported first, before the configuration's schema is made from the table: the HAT is then a source like the others.
if (!Object.hasOwn(sources, 'sensehat')) {
  Object.assign(sources, { sensehat })
  Object.assign(summaries, { sensehat: summaryOf(sensehat) })
  sourceIds.push('sensehat' as never)
}
