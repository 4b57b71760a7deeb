/** Whether the run of tests was told that this machine has no FFmpeg; else a missing one is a failure. */
export const lacksFfmpeg = (process.env.TAILBOARD_WITHOUT ?? '').split(',').includes('ffmpeg')
