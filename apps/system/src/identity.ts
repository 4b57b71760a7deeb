import { TailboardError } from '@tailboard/contracts'
import { type HostRoots, readIfThere } from './host-files.ts'

/**
 * The host's name. Its file, since os.hostname() and /proc/sys/kernel/hostname tell a container's own id.
 * @throws TailboardError `misconfigured`
 */
export async function readHostName({ hostNameFile }: HostRoots): Promise<string> {
  const text = await readIfThere(hostNameFile)
  const name = text
    ?.split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('#'))
  if (name !== undefined) return name
  throw new TailboardError(
    'misconfigured',
    text === null
      ? `This Pi’s name and the size of its card can’t be read: ${hostNameFile} is not there`
      : `${hostNameFile} holds no name`,
    { hint: 'source-system needs the Pi’s /etc/hostname there, as docker-compose.yml has it.' },
  )
}

/**
 * What kind of machine it is; null when it does not tell. Not /proc/device-tree: that link leads into a folder
 * which Docker masks.
 */
export async function readModel({ procPath, sysPath }: HostRoots): Promise<string | null> {
  const deviceTree = await readIfThere(`${sysPath}/firmware/devicetree/base/model`)
  const named =
    deviceTree?.replaceAll('\0', '') ??
    cpuInfo(await readIfThere(`${procPath}/cpuinfo`), 'Model') ??
    (await readIfThere(`${sysPath}/class/dmi/id/product_name`))
  return named?.trim() || null
}

/** The first value under a key of /proc/cpuinfo. */
export function cpuInfo(text: string | null, key: string): string | null {
  return new RegExp(`^${key}[ \\t]*: *(.+)$`, 'm').exec(text ?? '')?.[1] ?? null
}
