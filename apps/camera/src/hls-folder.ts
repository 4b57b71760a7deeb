import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { TailboardError } from '@tailboard/contracts'
import { cameraPlaylist } from '@tailboard/contracts/sources/camera'

/** What stands in the playlist now. */
export interface Playlist {
  /** The newest segment's name: another one means a new picture. */
  newest: string
  /** The number of the newest segment. */
  sequence: number
  longestS: number
  bitrateKbps: number | null
}

/** The folder of segments, which is ours alone. */
export class HlsFolder {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  /** Empties it: what an earlier run left behind would pass for the picture of now. */
  async clear(): Promise<void> {
    try {
      const names = await readdir(this.path)
      await Promise.all(names.map((name) => rm(join(this.path, name), { recursive: true, force: true })))
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      throw new TailboardError('misconfigured', `The folder of segments can’t be used (${code})`, {
        hint: 'It is the volume hls-data of docker-compose.yml. Look with: git diff docker-compose.yml',
        cause,
      })
    }
  }

  /** Null until there is a segment. */
  async read(): Promise<Playlist | null> {
    let text: string
    try {
      text = await readFile(join(this.path, cameraPlaylist), 'utf8')
    } catch {
      return null
    }
    const { names, durations, first } = parsePlaylist(text)
    const newest = names.at(-1)
    if (newest === undefined) return null
    // The newest three: FFmpeg may be deleting the oldest right now.
    const sizes = await Promise.all(names.slice(-3).map((name) => sizeOf(join(this.path, name))))
    const seconds = durations.slice(-3).reduce((sum, each) => sum + each, 0)
    const bytes = sizes.reduce((sum, each) => sum + each, 0)
    return {
      newest,
      sequence: first + names.length - 1,
      longestS: Math.max(...durations),
      bitrateKbps: seconds === 0 ? null : Math.round((bytes * 8) / 1000 / seconds),
    }
  }
}

export function parsePlaylist(text: string): { names: string[]; durations: number[]; first: number } {
  const lines = text.split(/\r?\n/)
  const durations = [...text.matchAll(/^#EXTINF:([\d.]+)/gm)].map(([, value]) => Number(value))
  const names = lines.filter((line) => line !== '' && !line.startsWith('#'))
  const first = Number(/^#EXT-X-MEDIA-SEQUENCE:(\d+)/m.exec(text)?.[1] ?? 0)
  return { names, durations, first }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch {
    return 0
  }
}
