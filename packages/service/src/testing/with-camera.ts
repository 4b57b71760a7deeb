import { camera } from '@tailboard/contracts/sources/camera'
import { sourceIds, sources } from '@tailboard/contracts/sources/index'

// Imported first, before the configuration's schema is made from the table: the camera is then a source like the others.
if (!Object.hasOwn(sources, 'camera')) {
  Object.assign(sources, { camera })
  sourceIds.push('camera' as never)
}
