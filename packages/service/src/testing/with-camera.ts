import { camera } from '@tailboard/contracts/sources/camera'
import { sources } from '@tailboard/contracts/sources/index'
import { sourceIds } from '@tailboard/contracts/sources/known'
import { summaries, summaryOf } from '@tailboard/contracts/sources/summaries'

// Imported first, before the configuration's schema is made from the table: the camera is then a source like the others.
if (!Object.hasOwn(sources, 'camera')) {
  Object.assign(sources, { camera })
  Object.assign(summaries, { camera: summaryOf(camera) })
  sourceIds.push('camera' as never)
}
