/** Dates are in English, as all else here is; but whether a day has twice twelve hours is the reader's own habit. */
const locale = 'en-GB'

function countsToTwelve(): boolean {
  const own = globalThis.navigator?.languages?.[0]
  return new Intl.DateTimeFormat(own, { hour: 'numeric' }).resolvedOptions().hour12 === true
}

const timeOfDay = (): Intl.DateTimeFormatOptions =>
  countsToTwelve()
    ? { hour: 'numeric', minute: '2-digit', hour12: true }
    : { hour: '2-digit', minute: '2-digit', hour12: false }

/** Where a time is shown as it is there. `timeZone` is a zone's name or an offset such as +02:00. */
export interface TimePlace {
  timeZone: string
  utcOffsetS: number
}

/** A moment at a place. A browser that knows no such zone (some take no offsets) gets the place's offset of today. */
function format(ms: number, place: TimePlace, options: Intl.DateTimeFormatOptions, as = locale): string {
  if (!Number.isFinite(ms)) return ''
  try {
    return new Intl.DateTimeFormat(as, { ...options, timeZone: place.timeZone }).format(ms)
  } catch {
    const shifted = ms + place.utcOffsetS * 1000
    return new Intl.DateTimeFormat(as, { ...options, timeZone: 'UTC' }).format(shifted)
  }
}

/** The time of day at a place: `06:41`, `6:41 am`. */
export function clockTime(iso: string, place: TimePlace): string {
  return format(Date.parse(iso), place, timeOfDay())
}

/** The day of the week and the time of day there: `Sat 06:00`. */
export function dayAndTime(iso: string, place: TimePlace): string {
  return format(Date.parse(iso), place, { weekday: 'short', ...timeOfDay() })
}

/** The calendar day of a moment there, as YYYY-MM-DD. */
export function dateAt(ms: number, place: TimePlace): string {
  return format(ms, place, { year: 'numeric', month: '2-digit', day: '2-digit' }, 'en-CA')
}

/** A calendar day's name: `Saturday`. A day has no time zone: it is named as it is written. */
export function weekday(date: string): string {
  return format(Date.parse(`${date}T12:00:00Z`), utc, { weekday: 'long' })
}

const utc: TimePlace = { timeZone: 'UTC', utcOffsetS: 0 }

/** A day with its year, in the browser's own time zone: `3 Mar 2031`. Empty when it is no time. */
export function calendarDay(iso: string): string {
  const ms = Date.parse(iso)
  if (!Number.isFinite(ms)) return ''
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' }).format(ms)
}

/** The time of day of a moment (Unix ms) in the browser's own time zone: `14:05`, `2:05 pm`. */
export function localTime(ms: number): string {
  return new Intl.DateTimeFormat(locale, timeOfDay()).format(ms)
}
