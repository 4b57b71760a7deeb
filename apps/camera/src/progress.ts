/** What FFmpeg tells of the stream in its log and its `-progress` blocks. */
export interface StreamFacts {
  codec: string | null
  width: number | null
  height: number | null
  framesPerSecond: number | null
}

export const noFacts: StreamFacts = { codec: null, width: null, height: null, framesPerSecond: null }

/** `  Stream #0:0: Video: h264 (Constrained Baseline), yuv420p(…), 640x480 [SAR 1:1 DAR 4:3], 15 fps, …`, of input and output. */
export function readStreamLine(line: string, facts: StreamFacts): StreamFacts {
  const found = /^\s*Stream #\d+:\d+.*: Video: (\w+)(.*)$/.exec(line)
  if (found === null) return facts
  const [, width, height] = /[ ,](\d{2,5})x(\d{2,5})\b/.exec(found[2] ?? '') ?? []
  return {
    ...facts,
    codec: found[1] ?? null,
    width: width === undefined ? facts.width : Number(width),
    height: height === undefined ? facts.height : Number(height),
  }
}

/** `fps=15.03` of a `-progress` block. 0.00 stands in the first one, before there is anything to count. */
export function readProgressLine(line: string, facts: StreamFacts): StreamFacts {
  const [, value] = /^fps=([\d.]+)$/.exec(line.trim()) ?? []
  const framesPerSecond = Number(value)
  return value === undefined || !(framesPerSecond > 0) ? facts : { ...facts, framesPerSecond }
}
