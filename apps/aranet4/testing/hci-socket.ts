import { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import type { Controller, Host } from './controller.ts'

let controller: Controller | undefined

/** Puts a controller in place of the machine's; with none, every socket fails as one with no adapter does. */
export function plugIn(given: Controller | undefined): void {
  controller = given
}

function failure(code: string, errno: number, syscall: string, text: string): Error {
  return Object.assign(new Error(`${code}, ${text}`), { code, errno, syscall })
}

/** Stands in for @abandonware/bluetooth-hci-socket: the same calls, and the errors of the kernel behind it. */
export class HciSocket extends EventEmitter implements Host {
  #controller: Controller | undefined
  #isStarted = false

  constructor() {
    super()
    if (controller?.fault === 'no-bluetooth') {
      throw failure('EAFNOSUPPORT', 97, 'socket', 'Address family not supported by protocol')
    }
  }

  bindRaw(deviceId = 0): number {
    if (controller === undefined || controller.fault === 'no-adapter') {
      throw failure('ENODEV', constants.errno.ENODEV, 'bind', 'No such device')
    }
    this.#controller = controller
    return deviceId
  }

  bindUser(): number {
    throw failure('EBUSY', constants.errno.EBUSY, 'bind', 'Device or resource busy')
  }

  start(): void {
    this.#isStarted = true
    this.#controller?.attach(this)
  }

  stop(): void {
    this.#isStarted = false
    this.#controller?.detach(this)
  }

  isDevUp(): boolean {
    return this.#controller?.isUp ?? false
  }

  setFilter(): void {}

  write(packet: Buffer): void {
    if (this.#controller?.fault === 'no-privilege') {
      this.emit('error', failure('EPERM', constants.errno.EPERM, 'write', 'Operation not permitted'))
    } else if (this.#controller?.isUp === false) {
      this.emit('error', new Error('Network is down'))
    } else this.#controller?.write(Buffer.from(packet), this)
  }

  onData(packet: Buffer): void {
    if (this.#isStarted) this.emit('data', packet)
  }
}

/** From now on noble loads this in place of the native module, which is never touched. `from`: the program's own file. */
export function install(from: string): void {
  const require = createRequire(from)
  const path = require.resolve('@abandonware/bluetooth-hci-socket')
  require.cache[path] = { id: path, filename: path, path, exports: HciSocket, loaded: true } as NodeJS.Module
}
