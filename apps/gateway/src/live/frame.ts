import type { LiveModel, Stamp } from '@tailboard/contracts'

/** A text as one WebSocket frame, ready for the wire (RFC 6455, 5.2): unmasked, not compressed, not fragmented. */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const headerLength = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(headerLength + length)
  frame[0] = 0x81
  if (headerLength === 2) frame[1] = length
  else if (headerLength === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  frame.write(text, headerLength)
  return frame
}

export const snapshotFrame = (now: Stamp, cursor: string, model: LiveModel) =>
  textFrame(JSON.stringify({ type: 'snapshot', now, cursor, model }))

export const resumedFrame = (now: Stamp, cursor: string) =>
  textFrame(JSON.stringify({ type: 'resumed', now, cursor }))

/** @param event as JSON: it is made once, also for those who ask for it again. */
export const eventFrame = (now: Stamp, cursor: string, event: string) =>
  textFrame(`{"type":"event","now":${JSON.stringify(now)},"cursor":"${cursor}","event":${event}}`)
