import { architecture, buildImages, lookInside, platformName, platforms } from '@tailboard/image'
import { command, without } from '@tailboard/stack'
import { beforeAll, describe, expect, test } from 'vitest'

const modules = ['i2c-bus', 'ioctl', 'nodeimu']

describe.each(platforms)('the Sense HAT’s image for %s', (platform) => {
  const isLeftOut = without.has('engine') || (platform === 'linux/arm64' && without.has('arm64'))
  describe.skipIf(isLeftOut)('', () => {
    const image = platformName('sensehat', platform)
    /** As the service runs: root without any capability, nothing writable but /tmp. */
    const node = (script: string) => {
      const hardened = ['--user', '0:0', '--cap-drop', 'ALL', '--read-only', '--tmpfs', '/tmp', '-w', '/tmp']
      const entry = ['--entrypoint', '/usr/local/bin/node', image, '-e', script]
      return command('docker', ['run', '--rm', '--platform', platform, ...hardened, ...entry])
    }

    // Three native modules are compiled: under emulation that takes minutes, the first time.
    beforeAll(() => buildImages(platform, ['sensehat']), 1_800_000)

    test.each(modules)('%s loads there', async (name) => {
      const said = await node(`require('/app/node_modules/${name}')
        const loaded = process.report.getReport().sharedObjects.filter((path) => path.endsWith('.node'))
        console.log(process.arch, loaded.length)`)
      // A shared object of its own is in the process: it is no stand-in of JavaScript.
      expect(said.trim()).toBe(`${architecture(platform) === 'amd64' ? 'x64' : 'arm64'} 1`)
    })

    test('neither compiler nor headers are in it', async () => {
      const { paths } = await lookInside(image)
      expect(paths).toContain('app/main.js')
      expect(paths.filter((path) => /\/(g\+\+|gcc|cc1plus|make|python3)[^/]*$|\.h$/.test(path))).toEqual([])
    })
  })
})
