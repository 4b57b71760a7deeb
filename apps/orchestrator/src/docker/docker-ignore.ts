/** Whether a path below the build context is left out. */
export interface IgnoreRules {
  isIgnored(path: string): boolean
  /** Whether something below an ignored folder may yet be taken in again. */
  mayReenter(folder: string): boolean
}

interface Rule {
  isNegated: boolean
  pattern: RegExp
  /** The part before the first wildcard, for `mayReenter`. */
  fixed: string
}

/** The rules of a .dockerignore file: the last one that matches a path or one of its folders decides. */
export function parseDockerIgnore(text: string): IgnoreRules {
  const rules: Rule[] = []
  for (const raw of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    // A comment is only one that begins at the line's first column.
    if (raw.startsWith('#')) continue
    let line = raw.trim()
    const isNegated = line.startsWith('!')
    if (isNegated) line = line.slice(1).trim()
    line = line
      .split('/')
      .filter((part) => part !== '' && part !== '.')
      .join('/')
    if (line !== '')
      rules.push({ isNegated, pattern: patternOf(line), fixed: /^[^*?[\\]*/.exec(line)?.[0] ?? '' })
  }
  const negations = rules.filter(({ isNegated }) => isNegated)
  return {
    isIgnored(path) {
      const folders = path.split('/').map((_part, index, parts) => parts.slice(0, index + 1).join('/'))
      let ignored = false
      for (const { isNegated, pattern } of rules) {
        if (isNegated === ignored && folders.some((folder) => pattern.test(folder))) ignored = !isNegated
      }
      return ignored
    },
    mayReenter: (folder) =>
      negations.some(({ fixed }) => fixed.startsWith(`${folder}/`) || `${folder}/`.startsWith(fixed)),
  }
}

/** Go's filepath.Match with `**` for any number of folders. */
function patternOf(line: string): RegExp {
  let source = ''
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? ''
    if (character === '*' && line[at + 1] === '*') {
      at++
      if (line[at + 1] === '/') {
        at++
        source += '(?:.*/)?'
      } else source += '.*'
    } else if (character === '*') source += '[^/]*'
    else if (character === '?') source += '[^/]'
    else if (character === '[' && line.indexOf(']', at + 1) > at + 1) {
      const end = line.indexOf(']', at + 1)
      source += `[${line.slice(at + 1, end).replace(/\\/g, '\\\\')}]`
      at = end
    } else
      source += (character === '\\' ? (line[++at] ?? '\\') : character).replace(
        /[\\^$.*+?()[\]{}|/-]/g,
        '\\$&',
      )
  }
  return new RegExp(`^${source}$`, 's')
}
