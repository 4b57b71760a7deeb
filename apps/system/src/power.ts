import { TailboardError } from '@tailboard/contracts'
import { type HostRoots, listIfThere, readIfThere } from './host-files.ts'

/** Null: this machine does not tell. */
export interface PowerFlags {
  isUnderVoltage: boolean | null
  isCapped: boolean | null
  isThrottled: boolean | null
  isSoftLimited: boolean | null
}

export interface Power {
  now: PowerFlags
  sinceBoot: PowerFlags
}

export const unknownFlags: PowerFlags = {
  isUnderVoltage: null,
  isCapped: null,
  isThrottled: null,
  isSoftLimited: null,
}

const names = Object.keys(unknownFlags) as (keyof PowerFlags)[]

/** get_throttled: hexadecimal without 0x; bits 0 to 3 are now, 16 to 19 since boot. @throws TailboardError `malformed` */
export function parseThrottled(text: string): Power {
  const match = /^(?:0x)?([0-9a-f]{1,8})$/i.exec(text.trim())
  if (match?.[1] === undefined) throw new TailboardError('malformed', 'get_throttled is not as expected')
  const bits = Number.parseInt(match[1], 16)
  const flags = (from: number) =>
    Object.fromEntries(
      names.map((name, bit) => [name, ((bits >>> (from + bit)) & 1) === 1]),
    ) as unknown as PowerFlags
  return { now: flags(0), sinceBoot: flags(16) }
}

/** What firmware and driver say. `sinceBoot` is not to be relied on: the driver clears the firmware's memory of it. */
export async function readPower({ sysPath }: HostRoots): Promise<Power> {
  const text = await findThrottled(sysPath)
  const { now, sinceBoot } =
    text === null ? { now: unknownFlags, sinceBoot: unknownFlags } : parseThrottled(text)
  const alarm = await readVoltageAlarm(sysPath)
  return { now: either(now, { ...unknownFlags, isUnderVoltage: alarm }), sinceBoot }
}

/** True when either says so; null only when neither says anything. */
export function either(a: PowerFlags, b: PowerFlags): PowerFlags {
  const one = (name: keyof PowerFlags) =>
    a[name] === null && b[name] === null ? null : a[name] === true || b[name] === true
  return Object.fromEntries(names.map((name) => [name, one(name)])) as unknown as PowerFlags
}

async function findThrottled(sysPath: string): Promise<string | null> {
  const platform = `${sysPath}/devices/platform`
  for (const bus of await listIfThere(platform)) {
    if (!bus.startsWith('soc')) continue
    for (const device of await listIfThere(`${platform}/${bus}`)) {
      if (!device.endsWith(':firmware')) continue
      const text = await readIfThere(`${platform}/${bus}/${device}/get_throttled`)
      if (text !== null) return text
    }
  }
  return null
}

/** The hwmon driver's alarm, found by name: its number differs from start to start. */
async function readVoltageAlarm(sysPath: string): Promise<boolean | null> {
  const folder = `${sysPath}/class/hwmon`
  for (const item of await listIfThere(folder)) {
    if ((await readIfThere(`${folder}/${item}/name`))?.trim() !== 'rpi_volt') continue
    const alarm = (await readIfThere(`${folder}/${item}/in0_lcrit_alarm`))?.trim()
    if (alarm === '0' || alarm === '1') return alarm === '1'
    if (alarm !== undefined) throw new TailboardError('malformed', 'in0_lcrit_alarm is neither 0 nor 1')
  }
  return null
}
