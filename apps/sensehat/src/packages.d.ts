// What we use of packages that bring no types.

declare module 'i2c-bus' {
  interface PromisifiedBus {
    readByte(address: number, command: number): Promise<number>
    writeByte(address: number, command: number, byte: number): Promise<void>
    readI2cBlock(
      address: number,
      command: number,
      length: number,
      buffer: Buffer,
    ): Promise<{ bytesRead: number; buffer: Buffer }>
    close(): Promise<void>
  }
  const i2c: { openPromisified(bus: number): Promise<PromisifiedBus> }
  export default i2c
}

declare module 'nodeimu' {
  interface Axes {
    x: number
    y: number
    z: number
  }
  interface ImuData {
    accel: Axes
    compass: Axes
    tiltHeading: number
  }
  class IMU {
    getValueSync(): ImuData | undefined
  }
  const nodeimu: { IMU: typeof IMU }
  export default nodeimu
}

declare module 'node-sense-hat' {
  import type nodeimu from 'nodeimu'

  const hat: {
    Imu: typeof nodeimu
    Leds: {
      sync: {
        setPixels(pixels: number[][]): void
        setRotation(degrees: number, redraw: boolean): void
        clear(): void
      }
    }
  }
  export default hat
}
