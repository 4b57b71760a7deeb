/** A package of the Linux distribution that files of an image come from. */
export interface SystemPackage {
  kind: 'deb' | 'apk'
  name: string
  version: string
  architecture: string
  /** What its notices name; not always SPDX's words. */
  licenses: string[]
}

/** A record of dpkg's, with the notices of all packages by name. */
export function parseDebian(record: string, copyrights: ReadonlyMap<string, string>): SystemPackage[] {
  const fields = new Map(
    [...record.matchAll(/^([A-Z][A-Za-z-]*): (.+)$/gm)].map(([, name = '', value = '']) => [name, value]),
  )
  const [name, version, architecture] = ['Package', 'Version', 'Architecture'].map((field) =>
    fields.get(field),
  )
  if (name === undefined || version === undefined || architecture === undefined)
    throw new Error(`a record of dpkg's lacks Package, Version or Architecture: ${record.slice(0, 200)}`)
  return [{ kind: 'deb', name, version, architecture, licenses: debianLicenses(copyrights.get(name) ?? '') }]
}

/** The licences that a notice in Debian's machine-readable form names; an older one is prose, and names none. */
export function debianLicenses(copyright: string): string[] {
  if (!/^Format(-Specification)?: /m.test(copyright)) return []
  return [...new Set([...copyright.matchAll(/^License: *(\S.*)$/gm)].map(([, name = '']) => name.trim()))]
}

/** Alpine's database of what is installed: records with one letter a field. */
export function parseAlpine(database: string): SystemPackage[] {
  const records = database.split(/\n{2,}/).filter((record) => record.trim() !== '')
  return records.map((record) => {
    const field = (letter: string) => new RegExp(`^${letter}:(.+)$`, 'm').exec(record)?.[1]
    const [name, version, architecture, license] = ['P', 'V', 'A', 'L'].map(field)
    if (name === undefined || version === undefined || architecture === undefined)
      throw new Error(`a record of apk's lacks P, V or A: ${record.slice(0, 200)}`)
    return { kind: 'apk', name, version, architecture, licenses: license === undefined ? [] : [license] }
  })
}
