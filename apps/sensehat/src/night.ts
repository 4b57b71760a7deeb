/** Whether it is night at `wallMs` by the owner's hours (`22:30` to `07:00`, over midnight too). Without both there is none. */
export function isNight(wallMs: number, timeZone: string, from: string, to: string): boolean {
  if (from === '' || to === '' || from === to) return false
  const now = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(
    wallMs,
  )
  return from < to ? now >= from && now < to : now >= from || now < to
}
