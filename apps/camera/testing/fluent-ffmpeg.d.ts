/** As much of fluent-ffmpeg as the tests need that show what it can't do; it brings no types. */
declare module 'fluent-ffmpeg' {
  interface Command {
    setFfmpegPath(path: string): this
    inputFormat(format: string): this
    inputOptions(...options: string[]): this
    format(format: string): this
    output(path: string): this
    on(event: 'start' | 'end', listener: () => void): this
    on(event: 'error', listener: (error: Error) => void): this
    kill(signal: NodeJS.Signals): this
    run(): void
  }
  export default function fluent(input: string): Command
}
