// One part of the package, so that a bundle carries 100 kB of it and not 900.
declare module 'systeminformation/lib/memory.js' {
  export function mem(): Promise<import('systeminformation').Systeminformation.MemData>
}
