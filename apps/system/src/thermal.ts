import { TailboardError } from '@tailboard/contracts'
import { type HostRoots, listIfThere, readIfThere, readNumberIfThere } from './host-files.ts'
import { cpuInfo } from './identity.ts'

/** The processor's own zone goes by these names: Raspberry Pi, other boards, Intel. */
const processorZones = ['cpu-thermal', 'cpu_thermal', 'x86_pkg_temp', 'soc-thermal', 'soc_thermal']
const processorChips = ['coretemp', 'k10temp', 'zenpower']

/** The processor's temperature in °C; null where there is no sensor. @throws TailboardError `malformed` */
export async function readTemperature({ sysPath }: HostRoots): Promise<number | null> {
  for (const [folder, entry, nameFile, names, valueFile] of [
    [`${sysPath}/class/thermal`, 'thermal_zone', 'type', processorZones, 'temp'],
    [`${sysPath}/class/hwmon`, 'hwmon', 'name', processorChips, 'temp1_input'],
  ] as const) {
    for (const item of await listIfThere(folder)) {
      if (!item.startsWith(entry)) continue
      const name = (await readIfThere(`${folder}/${item}/${nameFile}`))?.trim() ?? ''
      if (!names.includes(name)) continue
      const milli = await readNumberIfThere(`${folder}/${item}/${valueFile}`)
      if (milli !== null) return toCelsius(milli)
    }
  }
  return null
}

function toCelsius(milli: number): number {
  if (milli < -60_000 || milli > 150_000) {
    throw new TailboardError('malformed', `The processor’s temperature can’t be ${milli / 1000} °C`)
  }
  return milli / 1000
}

/** The first core's clock in MHz; null when the machine does not tell. */
export async function readClock({ procPath, sysPath }: HostRoots): Promise<number | null> {
  const kilohertz = await readNumberIfThere(`${sysPath}/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq`)
  if (kilohertz !== null) return kilohertz / 1000
  // ARM's has no such line; a virtual machine often has only this.
  const megahertz = Number(cpuInfo(await readIfThere(`${procPath}/cpuinfo`), 'cpu MHz') ?? Number.NaN)
  return Number.isFinite(megahertz) && megahertz >= 0 ? megahertz : null
}
