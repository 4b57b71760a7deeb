/** All that FFmpeg and rpicam-vid get: our own variables hold secrets that are not theirs. English, since we read what they say. */
export const childEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C', HOME: '/tmp' } as const
