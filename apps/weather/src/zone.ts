/** Local time at a place. The container's own time zone (UTC) plays no part in it. */
export interface Zone {
  name: string
  /** How far its clocks are ahead of UTC at that moment (s). */
  offsetS(at: Date): number
  /** The date that its calendars show, `YYYY-MM-DD`. */
  date(at: Date): string
}

/** @param name a name in the zone database or an offset like +02:00, both as `isTimeZone` approves them */
export function zoneOf(name: string): Zone {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' })
  const offsetS = (at: Date) => {
    const text = format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? ''
    const [, sign, hours, minutes, seconds] = /([+-])(\d\d):?(\d\d)?:?(\d\d)?/.exec(text) ?? []
    const ahead = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)
    return sign === '-' ? -ahead : ahead
  }
  const date = (at: Date) => new Date(at.getTime() + offsetS(at) * 1000).toISOString().slice(0, 10)
  return { name, offsetS, date }
}

/** The name of a fixed offset: 7200 is +02:00. */
export function offsetName(offsetS: number): string {
  const minutes = Math.round(Math.abs(offsetS) / 60)
  const part = (value: number) => String(value).padStart(2, '0')
  return `${offsetS < 0 ? '-' : '+'}${part(Math.floor(minutes / 60))}:${part(minutes % 60)}`
}
