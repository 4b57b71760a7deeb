import { readFile } from 'node:fs/promises'

/** The processor's temperature (°C), or null where the machine does not tell. */
export async function readCpuTemperature(sysPath: string): Promise<number | null> {
  const text = await readFile(`${sysPath}/class/thermal/thermal_zone0/temp`, 'utf8').catch(() => '')
  const milli = Number(text.trim())
  return text.trim() === '' || !Number.isFinite(milli) ? null : milli / 1000
}
