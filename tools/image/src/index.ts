export { buildImages, webAddress } from './build.ts'
export { type Inside, lookInside } from './inside.ts'
export { type Lock, readLock, runtimePackages } from './lock.ts'
export {
  apps,
  architecture,
  ownPlatform,
  type Platform,
  plainName,
  platformName,
  platforms,
} from './names.ts'
export { type Bom, makeBom } from './sbom.ts'
export { readLayers, sizeTable } from './table.ts'
export { findUnwanted } from './unwanted.ts'
