import type Hls from 'hls.js'

/** A stream that plays. */
export interface Stream {
  /** When what is on the screen now was recorded, by the server’s clock (ms); null where that is not told. */
  playingAtMs(): number | null
  destroy(): void
}

/** What Safari adds: when the playlist says that the picture at time 0 was recorded. */
type DatedVideo = HTMLVideoElement & { getStartDate?: () => Date }

const playlistType = 'application/vnd.apple.mpegurl'

/** Begins to fetch the player, which the first picture needs: the camera takes longer to start. */
export async function loadPlayer(): Promise<typeof Hls | null> {
  // An iPhone before iOS 17.1 has neither, and plays HLS itself.
  if (!('MediaSource' in window) && !('ManagedMediaSource' in window)) return null
  const { default: player } = await import('hls.js/light')
  return player.isSupported() ? player : null
}

/**
 * Plays a live playlist. `onBroken` comes at most once: it plays no more, and another try may help.
 * Null: this browser can’t play it at all.
 */
export function play(
  player: typeof Hls | null,
  video: HTMLVideoElement,
  playlist: string,
  onBroken: () => void,
): Stream | null {
  if (player !== null) return playByPlayer(player, video, playlist, onBroken)
  return video.canPlayType(playlistType) === '' ? null : playNatively(video, playlist, onBroken)
}

function playByPlayer(
  player: typeof Hls,
  video: HTMLVideoElement,
  playlist: string,
  onBroken: () => void,
): Stream {
  const hls = new player({
    // The Content-Security-Policy allows no worker made from a text, and so little video needs none.
    enableWorker: false,
    liveSyncDurationCount: 2,
    liveMaxLatencyDurationCount: 8,
    maxLiveSyncPlaybackRate: 1.2,
    // A page stays open for days.
    backBufferLength: 10,
    maxBufferLength: 10,
  })
  hls.on(player.Events.ERROR, (_, { fatal }) => {
    if (!fatal) return
    hls.destroy()
    onBroken()
  })
  hls.loadSource(playlist)
  hls.attachMedia(video)
  return {
    playingAtMs: () => hls.playingDate?.getTime() ?? null,
    destroy: () => hls.destroy(),
  }
}

function playNatively(video: DatedVideo, playlist: string, onBroken: () => void): Stream {
  video.src = playlist
  const destroy = () => {
    video.removeEventListener('error', broken)
    video.removeAttribute('src')
    video.load()
  }
  const broken = () => {
    destroy()
    onBroken()
  }
  video.addEventListener('error', broken)
  return {
    playingAtMs: () => {
      const startMs = video.getStartDate?.().getTime() ?? Number.NaN
      return Number.isNaN(startMs) ? null : startMs + video.currentTime * 1000
    },
    destroy,
  }
}
