import type { SystemData } from '@tailboard/contracts/sources/system'
import { said } from '../format/quantity.ts'
import { words } from '../words/first-load.ts'

/** From here on a number is one to act on. The Pi 3B slows down at 80 °C. */
export const highs = { temperatureC: 80, memoryPercent: 90, diskPercent: 90 } as const

/** Something about the machine that its owner must know: what it is and what to do. */
export interface Warning {
  isNow: boolean
  message: string
  hint: string
}

const flags = ['isUnderVoltage', 'isThrottled', 'isCapped', 'isSoftLimited'] as const

/** What is wrong with the machine, worst first. Empty when all is well or nothing is known. */
export function warningsOf({ disk, power }: SystemData): Warning[] {
  const warnings: Warning[] = []
  if (disk.isReadOnly === true) {
    warnings.push({ isNow: true, message: words.system.readOnly, hint: words.system.readOnlyHint })
  }
  if (disk.errorCount !== null && disk.errorCount > 0) {
    const message = words.system.cardErrors(disk.errorCount)
    warnings.push({ isNow: true, message, hint: words.system.cardErrorsHint })
  }
  if (disk.usedPercent !== null && disk.usedPercent >= highs.diskPercent) {
    warnings.push({ isNow: true, message: words.system.nearlyFull, hint: words.system.nearlyFullHint })
  }
  for (const flag of flags) {
    const said = words.system.warnings[flag]
    if (power.now[flag] === true) warnings.push({ isNow: true, message: said.now, hint: said.hint })
    else if (power.sinceBoot[flag] === true) {
      warnings.push({ isNow: false, message: said.sinceBoot, hint: said.hint })
    }
  }
  return warnings.toSorted((a, b) => Number(b.isNow) - Number(a.isNow))
}

/** How the power is, in two or three words. */
export function powerWord({ now, sinceBoot }: SystemData['power']): string {
  if (now.isUnderVoltage === true) return words.system.powerNow
  if (sinceBoot.isUnderVoltage === true) return words.system.powerSince
  return now.isUnderVoltage === null ? words.notAvailable : words.system.powerGood
}

/** The interfaces that are up, the busiest first: what a small card has room for. */
export function busiest(network: SystemData['network'], most: number): SystemData['network'] {
  return network
    .filter(({ isUp }) => isUp)
    .toSorted((a, b) => b.receivedBytes + b.sentBytes - a.receivedBytes - a.sentBytes)
    .slice(0, most)
}

/** How much room there is. Undefined when it isn't known. */
export function room(available: number | null, total: number | null): string | undefined {
  return available === null || total === null
    ? undefined
    : words.system.free(said(available, 'B'), said(total, 'B'))
}

/** A rate, or that there is none yet. */
export function rate(bytesPerS: number | null): string {
  return bytesPerS === null ? words.dash : said(bytesPerS, 'B/s')
}
