declare const TAILBOARD_VERSION: string

/** The version that the bundler wrote in; `source` when run without bundling. */
export const version = typeof TAILBOARD_VERSION === 'string' ? TAILBOARD_VERSION : 'source'
