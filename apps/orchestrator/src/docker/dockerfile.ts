/**
 * The images that a Dockerfile stands on or copies from, less its own stages and `scratch`, each once, in order. Only arguments before
 * the first FROM count there, as the engine has it.
 */
export function baseImages(dockerfile: string, buildArgs: Record<string, string> = {}): string[] {
  const lines = dockerfile
    .replace(/^\s*#.*$/gm, '')
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
  const globals = new Map<string, string>()
  const stages = new Set(['scratch'])
  const images = new Set<string>()
  let isBeforeFrom = true
  const take = (image: string | undefined) => {
    if (image !== undefined && image !== '' && !/^\d+$/.test(image) && !stages.has(image.toLowerCase()))
      images.add(image)
  }
  const resolve = (text: string) =>
    text.replace(
      /\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+))/g,
      (_whole, braced, fallback, plain) => globals.get(braced ?? plain) || (fallback ?? ''),
    )
  for (const line of lines) {
    const [instruction = '', ...words] = line.trim().split(/\s+/)
    const upper = instruction.toUpperCase()
    if (upper === 'ARG' && isBeforeFrom) {
      for (const word of words) {
        const [name = '', value = ''] = word.split(/=(.*)/s)
        globals.set(name, buildArgs[name] ?? resolve(value.replace(/^(["'])(.*)\1$/, '$2')))
      }
    } else if (upper === 'FROM') {
      isBeforeFrom = false
      const [image = '', as, stage] = words.filter((word) => !word.startsWith('--'))
      take(resolve(image))
      if (as?.toUpperCase() === 'AS' && stage !== undefined) stages.add(stage.toLowerCase())
    } else if (upper === 'COPY' || upper === 'RUN') {
      for (const word of words) take(/^--(?:from=|mount=\S*\bfrom=)([^,\s]+)/.exec(word)?.[1])
    }
  }
  return [...images]
}
