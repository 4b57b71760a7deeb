import type { SystemData } from '@tailboard/contracts'

const flags = { isUnderVoltage: false, isCapped: false, isThrottled: false, isSoftLimited: false }

/** Data of the system source, for tests of what carries readings. Made up; it never leaves a test. */
export const systemReading: SystemData = {
  host: { name: 'kitchen', model: 'Raspberry Pi 3 Model B Rev 1.2', uptimeS: 86_400 },
  cpu: {
    usedPercent: 12.5,
    perCorePercent: [10, 20, 10, 10],
    load1: 0.2,
    load5: 0.18,
    load15: 0.12,
    clockMhz: 600,
    temperatureC: 47.236,
  },
  memory: {
    totalBytes: 950_000_000,
    availableBytes: 500_000_000,
    usedPercent: 47.4,
    swapTotalBytes: 0,
    swapUsedBytes: 0,
  },
  disk: {
    device: 'mmcblk0p2',
    totalBytes: 31_000_000_000,
    usedBytes: 8_000_000_000,
    availableBytes: 22_000_000_000,
    usedPercent: 26.7,
    isReadOnly: false,
    errorCount: 0,
    readBytesPerS: 0,
    writtenBytesPerS: 512,
    writtenBytes: 120_000_000,
    lifetimeWrittenBytes: 45_000_000_000,
  },
  network: [
    {
      name: 'wlan0',
      isUp: true,
      addresses: ['192.168.1.20'],
      receivedBytes: 1_000_000,
      sentBytes: 500_000,
      receivedBytesPerS: 1_000,
      sentBytesPerS: 500,
    },
  ],
  power: { now: flags, sinceBoot: flags },
  pressure: null,
}
