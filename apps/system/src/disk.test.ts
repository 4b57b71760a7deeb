import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseDiskStat, readDiskCounters, readExt4, toDiskSize } from './disk.ts'
import { findRoot, parseMountinfo, readRootDevice } from './root-device.ts'
import { PiTree, readFixture } from './testing/pi-tree.ts'

let pi: PiTree
beforeEach(async () => {
  pi = await new PiTree().start()
})
afterEach(() => pi[Symbol.asyncDispose]())

test('used is what df prints, before it rounds up', () => {
  // The worked example in blocks of 4 kB: size, used and available to everyone.
  const blocks = 270_553_174_016 / 4096
  const bfree = blocks - 34_895_126_528 / 4096
  const size = toDiskSize({ bsize: 4096, blocks, bfree, bavail: 74_049_167_360 / 4096 })
  expect(size).toMatchObject({
    totalBytes: 270_553_174_016,
    usedBytes: 34_895_126_528,
    availableBytes: 74_049_167_360,
  })
  expect(size.usedPercent.toFixed(2)).toBe('32.03')
  expect(Math.ceil(size.usedPercent)).toBe(33)
})

test('an empty file system is no division by zero', () => {
  expect(toDiskSize({ bsize: 4096, blocks: 0, bfree: 0, bavail: 0 }).usedPercent).toBe(0)
})

test('the card behind / and its counters', async () => {
  const root = await readRootDevice(pi.roots)
  expect(root).toEqual({ partition: 'mmcblk0p2', disk: 'mmcblk0', isReadOnly: false })
  expect(await readDiskCounters(pi.roots, root)).toEqual({
    disk: 'mmcblk0',
    readBytes: 3_276_800 * 512,
    writtenBytes: 471_859 * 512,
  })
  expect(await readExt4(pi.roots, root)).toEqual({ lifetimeWrittenBytes: 43_945_312 * 1024, errorCount: 0 })
})

test.each([
  [
    'the mount',
    'rw,noatime shared:1 - ext4 /dev/mmcblk0p2 rw',
    'ro,noatime shared:1 - ext4 /dev/mmcblk0p2 rw',
  ],
  ['the file system', 'ext4 /dev/mmcblk0p2 rw', 'ext4 /dev/mmcblk0p2 ro'],
  ['an emergency', 'ext4 /dev/mmcblk0p2 rw', 'ext4 /dev/mmcblk0p2 rw,emergency_ro'],
])('read-only by %s', async (_name, from, to) => {
  await pi.write('proc/1/mountinfo', (await readFixture('mountinfo.txt')).replace(from, to))
  expect((await readRootDevice(pi.roots))?.isReadOnly).toBe(true)
})

test('a write-protected card lies beneath an overlay', async () => {
  await pi.write(
    'proc/1/mountinfo',
    [
      '30 1 179:2 / /media/root-ro ro,relatime - ext4 /dev/mmcblk0p2 ro',
      '27 1 0:25 / / rw,relatime - overlay overlayroot rw,lowerdir=/media/root-ro,upperdir=/media/root-rw/overlay',
    ].join('\n'),
  )
  expect(await readRootDevice(pi.roots)).toEqual({
    partition: 'mmcblk0p2',
    disk: 'mmcblk0',
    isReadOnly: false,
  })
})

test('btrfs has a number of its own: its source names the device', async () => {
  await pi.write('proc/1/mountinfo', '27 1 0:25 /@ / rw - btrfs /dev/mmcblk0p2 rw,subvol=/@\n')
  expect(await readRootDevice(pi.roots)).toMatchObject({ partition: 'mmcblk0p2', disk: 'mmcblk0' })
})

test('a whole disk without partitions, and no block device at all', async () => {
  await pi.remove(
    'sys/devices/platform/soc/3f202000.mmc/mmc_host/mmc0/mmc0:0001/block/mmcblk0/mmcblk0p2/partition',
  )
  expect(await readRootDevice(pi.roots)).toMatchObject({ partition: 'mmcblk0p2', disk: 'mmcblk0p2' })
  await pi.write('proc/1/mountinfo', '27 1 0:25 / / rw - nfs4 nas:/pi rw\n')
  const root = await readRootDevice(pi.roots)
  expect(root).toEqual({ partition: null, disk: null, isReadOnly: false })
  expect(await readDiskCounters(pi.roots, root)).toBeNull()
  expect(await readExt4(pi.roots, root)).toEqual({ lifetimeWrittenBytes: null, errorCount: null })
})

test('mount points are unescaped, the topmost mount of / counts, garbage is passed over', async () => {
  const mounts = parseMountinfo(`${await readFixture('mountinfo.txt')}\nnonsense\n1 2 - \n`)
  expect(mounts.map(({ point }) => point)).toContain('/media/my disk')
  const over = parseMountinfo('1 0 8:1 / / rw - ext4 /dev/a rw\n2 1 8:2 / / ro - ext4 /dev/b rw')
  expect(findRoot(over)?.root.source).toBe('/dev/b')
  expect(findRoot([])).toBeNull()
})

test('counters that are no numbers are said', () => {
  expect(() => parseDiskStat('1 2 x 4 5 6 7', 'mmcblk0')).toThrow(
    expect.objectContaining({ kind: 'malformed' }),
  )
  expect(() => parseDiskStat('', 'mmcblk0')).toThrow(expect.objectContaining({ kind: 'malformed' }))
})
