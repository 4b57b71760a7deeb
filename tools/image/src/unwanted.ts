/** What an image that only runs has no use for. */
const unwanted: [what: string, path: RegExp][] = [
  ['a compiler', /(^|\/)(gcc|g\+\+|cc|c\+\+|cpp|clang|make|ld|as|python3?|node-gyp|rustc|go)$/],
  ['headers', /^usr\/(local\/)?include\/|\.h$/],
  ['a package manager', /(^|\/)(npm|npx|pnpm|pnpx|yarn|corepack|apt|apt-get|dpkg|apk|pip3?)(\.c?js)?$/],
  ['a source map', /\.map$/],
  ['TypeScript', /\.(ts|tsx|mts|svelte)$/],
  ['a test', /\.test\.[a-z]+$|(^|\/)__tests__\//],
  [
    'a tool of the build',
    /(^|\/)node_modules\/(esbuild|typescript|vite|vitest|turbo|@biomejs|nan|node-addon-api)(\/|$)/,
  ],
  ['a cache', /^(var\/cache|var\/lib\/apt|root\/\.npm|root\/\.cache)\/./],
]

/** The paths of an image that only a build needs, each with what it is. */
export function findUnwanted(paths: readonly string[]): { what: string; path: string }[] {
  // The notices of packages lie in folders by the packages' names.
  const files = paths.filter((path) => !path.startsWith('usr/share/doc/'))
  return unwanted.flatMap(([what, pattern]) =>
    files.filter((path) => pattern.test(path)).map((path) => ({ what, path })),
  )
}
