import fluent from 'fluent-ffmpeg'
import { expect, test } from 'vitest'
import { lacksFfmpeg } from '../testing/lacks-ffmpeg.ts'

// In a file of its own: fluent-ffmpeg keeps what the first FFmpeg told it for as long as the process lives.
test.skipIf(lacksFfmpeg)(
  'a stream that was ended as it was asked to is an error to it, told by its words alone',
  async () => {
    const ended = await new Promise<string>((resolve) => {
      const command = fluent('testsrc2=size=160x120:rate=10')
        .inputFormat('lavfi')
        .inputOptions('-re')
        .format('null')
        .output('-')
      command.on('start', () => setTimeout(() => command.kill('SIGTERM'), 1_500))
      command.on('end', () => resolve('ended'))
      command.on('error', (error: Error) => resolve(error.message))
      command.run()
    })
    expect(ended).toContain('exited with code 255')
  },
)
