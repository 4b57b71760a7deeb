import type { App } from './app.ts'

/** Codes with which `::` fails where the kernel has no IPv6. */
const withoutIpv6 = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL'])

/**
 * Listens on every address: `::` takes IPv4 too, and where there is no IPv6, 0.0.0.0. Returns where.
 * `isLocal`: on loopback alone, where whoever judges the visitors runs on the same machine (the demo's front).
 */
export async function listen(app: Pick<App, 'listen'>, port: number, isLocal = false): Promise<string> {
  if (isLocal) return await app.listen({ host: '127.0.0.1', port })
  try {
    return await app.listen({ host: '::', port })
  } catch (error) {
    if (!withoutIpv6.has((error as NodeJS.ErrnoException).code ?? '')) throw error
    return await app.listen({ host: '0.0.0.0', port })
  }
}
