import { access } from 'node:fs/promises'

/** The three calls that our chips need. The real one is i2c-bus's; a test gives registers. */
export interface I2cBus {
  readByte(address: number, register: number): Promise<number>
  writeByte(address: number, register: number, value: number): Promise<void>
  /** `length` bytes from `register` on. @throws with an errno as `code` */
  readBlock(address: number, register: number, length: number): Promise<Buffer>
  close(): Promise<void>
}

const busNumber = 1

/** Where it must be, before a native module of 100 kB is loaded for nothing. */
export async function openBus(): Promise<I2cBus> {
  await access(`/dev/i2c-${busNumber}`)
  const { default: i2c } = await import('i2c-bus')
  // Never forceAccess: what the kernel's own driver holds is read through the kernel.
  const bus = await i2c.openPromisified(busNumber)
  return {
    readByte: (address, register) => bus.readByte(address, register),
    writeByte: (address, register, value) => bus.writeByte(address, register, value),
    readBlock: async (address, register, length) => {
      const { buffer, bytesRead } = await bus.readI2cBlock(address, register, length, Buffer.alloc(length))
      if (bytesRead !== length) throw Object.assign(new Error('a short answer'), { code: 'EIO' })
      return buffer
    },
    close: () => bus.close(),
  }
}

/** Multi-byte reads of the ST chips go on to the next register only with this bit. */
export const autoIncrement = 0x80

/** Waits between looks at a status register; injected, so that no test waits. */
export type Pause = (ms: number) => Promise<void>

/** Whether all `bits` of a status register are set within a second. */
export async function isReady(
  bus: I2cBus,
  address: number,
  register: number,
  bits: number,
  pause: Pause,
): Promise<boolean> {
  for (let looks = 0; looks < 50; looks++) {
    if (((await bus.readByte(address, register)) & bits) === bits) return true
    await pause(20)
  }
  return false
}
