/** A number and its unit apart, so that the unit can be set smaller. */
export interface Quantity {
  value: string
  unit: string
}

const binaryFree = ['', 'k', 'M', 'G', 'T', 'P']

/** Three digits at most where it matters: 0.4, 9.9, 12, 140. */
export function short(value: number): string {
  const size = Math.abs(value)
  return size !== 0 && size < 9.95 ? value.toFixed(1) : Math.round(value).toString()
}

/** Bytes with decimal prefixes, as on the box of the card: 31.9 GB. */
export function bytes(amount: number, suffix = ''): Quantity {
  let step = 0
  let value = amount
  while (value >= 999.5 && step < binaryFree.length - 1) {
    value /= 1000
    step += 1
  }
  return {
    value: step === 0 ? Math.round(value).toString() : short(value),
    unit: `${binaryFree[step]}B${suffix}`,
  }
}

/** Memory of a process in the units of its limit: 64m in the compose file is 64 MiB here. */
export function mebibytes(amount: number): string {
  return joined({ value: short(amount / 1_048_576), unit: 'MiB' })
}

/** A count, its thousands apart: `12,345`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-GB')
}

/** A value of the contract in the form that a person reads, by the unit that the contract gives it. */
export function quantity(value: number, unit = ''): Quantity {
  switch (unit) {
    case 'B':
      return bytes(value)
    case 'B/s':
      return bytes(value, '/s')
    case '°C':
      return { value: value.toFixed(1), unit }
    case '%':
      return { value: short(value), unit }
    case 'hPa':
    case 'ppm':
      return { value: count(value), unit }
    case 's':
      return { value: duration(value * 1000), unit: '' }
    case '':
      return { value: Number.isInteger(value) ? value.toString() : value.toFixed(2), unit }
    default:
      return { value: short(value), unit }
  }
}

/** With a space that doesn't break. */
export function joined({ value, unit }: Quantity): string {
  return unit === '' ? value : `${value}\u00a0${unit}`
}

/** `quantity` as one string. */
export function said(value: number, unit = ''): string {
  return joined(quantity(value, unit))
}

const steps = [
  { unit: 'd', ms: 86_400_000 },
  { unit: 'h', ms: 3_600_000 },
  { unit: 'min', ms: 60_000 },
  { unit: 's', ms: 1_000 },
] as const

/** A length of time with its two largest units: `12 d 4 h`, `3 min 20 s`, `4.2 s`, `180 ms`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))}\u00a0ms`
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)}\u00a0s`
  const largest = steps.findIndex((step) => ms >= step.ms)
  const big = steps[largest]
  const small = steps[largest + 1]
  if (big === undefined) return '0\u00a0s'
  const first = `${Math.floor(ms / big.ms)}\u00a0${big.unit}`
  const rest = small === undefined ? 0 : Math.floor((ms % big.ms) / small.ms)
  return small === undefined || rest === 0 ? first : `${first} ${rest}\u00a0${small.unit}`
}
