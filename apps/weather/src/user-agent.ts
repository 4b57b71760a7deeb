declare const TAILBOARD_VERSION: string | undefined

/** Who asks. MET Norway wants a contact in it. */
export function userAgent(contact = ''): string {
  const version = typeof TAILBOARD_VERSION === 'string' ? TAILBOARD_VERSION : 'dev'
  return contact === '' ? `Tailboard/${version}` : `Tailboard/${version} ${contact}`
}
