import { open, readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { JoystickKey } from '@tailboard/contracts/press'

const deviceName = 'Raspberry Pi Sense HAT Joystick'
const keyEvent = 1
const pressed = 1
const codes: Record<number, JoystickKey> = { 103: 'up', 105: 'left', 106: 'right', 108: 'down', 28: 'middle' }
const againMs = 5_000

/** struct input_event: a time of two longs, then type, code and value. sense-joystick knows the 32-bit form alone. */
export function eventBytes(arch: string = process.arch): number {
  return arch === 'arm' || arch === 'ia32' ? 16 : 24
}

/** The keys that went down in what was read; it may hold several events, of which a press is one and its release another. */
export function pressesIn(data: Buffer, bytesEach = eventBytes()): JoystickKey[] {
  const keys: JoystickKey[] = []
  for (let at = 0; at + bytesEach <= data.length; at += bytesEach) {
    const type = data.readUInt16LE(at + bytesEach - 8)
    const key = codes[data.readUInt16LE(at + bytesEach - 6)]
    const value = data.readInt32LE(at + bytesEach - 4)
    if (type === keyEvent && value === pressed && key !== undefined) keys.push(key)
  }
  return keys
}

/** The joystick's device, by its name: numbers change from boot to boot. Null when there is none. */
export async function findJoystick(sysPath: string, devPath: string): Promise<string | null> {
  const inputs = await readdir(`${sysPath}/class/input`).catch(() => [])
  for (const input of inputs.filter((name) => name.startsWith('event')).sort()) {
    const name = await readFile(`${sysPath}/class/input/${input}/device/name`, 'utf8').catch(() => '')
    if (name.trim() === deviceName) return `${devPath}/input/${input}`
  }
  return null
}

/**
 * Tells each press, for ever; looks for the joystick anew when it is gone. A read of it waits in a thread and can't be called
 * off, so this belongs into a process that may be killed.
 */
export async function followJoystick(
  onPress: (key: JoystickKey) => void,
  sysPath = '/sys',
  devPath = '/dev',
): Promise<never> {
  for (;;) {
    const path = await findJoystick(sysPath, devPath)
    if (path !== null) await readUntilGone(path, onPress).catch(() => {})
    await sleep(againMs)
  }
}

async function readUntilGone(path: string, onPress: (key: JoystickKey) => void): Promise<void> {
  const file = await open(path, 'r')
  const each = eventBytes()
  const buffer = Buffer.alloc(each * 16)
  let rest = 0
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer, rest, buffer.length - rest, null)
      if (bytesRead === 0) return
      const filled = rest + bytesRead
      for (const key of pressesIn(buffer.subarray(0, filled))) onPress(key)
      rest = filled % each
      buffer.copyWithin(0, filled - rest, filled)
    }
  } finally {
    await file.close()
  }
}
