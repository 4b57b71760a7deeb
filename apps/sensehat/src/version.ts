declare const TAILBOARD_VERSION: string | undefined

/** The version that the bundler wrote in; `dev` when run from source. */
export const version = typeof TAILBOARD_VERSION === 'string' ? TAILBOARD_VERSION : 'dev'
