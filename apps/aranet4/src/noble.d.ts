// noble's own types describe its ready-made instance, which opens the adapter when it is imported.
declare module '@abandonware/noble/lib/hci-socket/bindings.js' {
  import type { EventEmitter } from 'node:events'

  export default class HciBindings {
    constructor(options: object)
    readonly _hci: EventEmitter
  }
}

declare module '@abandonware/noble/with-bindings.js' {
  import type { EventEmitter } from 'node:events'
  import type HciBindings from '@abandonware/noble/lib/hci-socket/bindings.js'

  export interface Peripheral {
    address: string
    rssi: number
    /** Everything heard from it so far, laid over each other. */
    advertisement: { localName?: string; manufacturerData?: Buffer }
  }

  export interface Noble extends EventEmitter {
    /** Reading it for the first time opens the adapter, and throws what that throws. */
    readonly state: 'unknown' | 'resetting' | 'unsupported' | 'unauthorized' | 'poweredOff' | 'poweredOn'
    startScanning(serviceUuids: string[], allowDuplicates: boolean): void
    stopScanning(): void
  }

  export default function withBindings(bindings: HciBindings): Noble
}
