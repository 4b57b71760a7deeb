import type Docker from 'dockerode'
import { bounded } from './engine.ts'

const maxLines = 20
const maxLineLength = 400

/** The last lines of what a container wrote since `since` (seconds of the wall clock), oldest first. */
export async function readLogTail(container: Docker.Container, since: number): Promise<string[]> {
  const answer = await bounded(
    container.logs({
      stdout: true,
      stderr: true,
      follow: false,
      tail: maxLines,
      // Fractions count: runs can follow each other within a second.
      since: Number(Math.max(0, since).toFixed(3)),
    }),
  )
  return tailLines(answer)
}

/** The engine's multiplexed log (8 bytes of header a frame) as lines; a terminal's log has no frames. */
export function tailLines(raw: Buffer): string[] {
  const frames: Buffer[] = []
  let at = 0
  while (at + 8 <= raw.length) {
    const isFrame = (raw[at] ?? 9) <= 2 && raw.readUIntBE(at + 1, 3) === 0
    if (!isFrame) return linesOf(raw.subarray(at))
    const length = raw.readUInt32BE(at + 4)
    frames.push(raw.subarray(at + 8, at + 8 + length))
    at += 8 + length
  }
  return linesOf(Buffer.concat(frames))
}

function linesOf(text: Buffer): string[] {
  return text
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .slice(-maxLines)
    .map((line) => (line.length > maxLineLength ? `${line.slice(0, maxLineLength - 1)}…` : line))
}
