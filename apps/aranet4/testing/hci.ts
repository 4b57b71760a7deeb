/** Bluetooth HCI packets, as far as listening to advertisements needs them (Core Specification, volume 4 part E). */

export const opcodes = {
  setEventMask: 0x0c01,
  readLeHostSupported: 0x0c6c,
  writeLeHostSupported: 0x0c6d,
  readLocalVersion: 0x1001,
  readBdAddr: 0x1009,
  leSetEventMask: 0x2001,
  leReadBufferSize: 0x2002,
  leSetScanParameters: 0x200b,
  leSetScanEnable: 0x200c,
} as const

export const statuses = {
  success: 0x00,
  unknownCommand: 0x01,
  disallowed: 0x0c,
  invalidParameters: 0x12,
} as const

const companyId = 0x0702

/** A command as a host writes it. */
export interface Command {
  opcode: number
  parameters: Buffer
}

export function parseCommand(packet: Buffer): Command | null {
  if (packet.length < 4 || packet[0] !== 0x01) return null
  const parameters = packet.subarray(4)
  return parameters.length === packet[3] ? { opcode: packet.readUInt16LE(1), parameters } : null
}

export function commandComplete(opcode: number, status: number, result: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.from([1, opcode & 0xff, opcode >> 8, status])
  return Buffer.concat([Buffer.from([0x04, 0x0e, body.length + result.length]), body, result])
}

/** An ADV_IND or a SCAN_RSP as the controller reports it. `address` reads c7:18:1e:21:f4:87. */
export function advertisingReport(
  type: 'ADV_IND' | 'SCAN_RSP',
  address: string,
  data: Buffer,
  rssiDbm: number,
): Buffer {
  const report = Buffer.concat([
    Buffer.from([type === 'ADV_IND' ? 0x00 : 0x04, 0x01]),
    Buffer.from(address.replaceAll(':', ''), 'hex').reverse(),
    Buffer.from([data.length]),
    data,
    Buffer.from([rssiDbm & 0xff]),
  ])
  return Buffer.concat([Buffer.from([0x04, 0x3e, report.length + 2, 0x02, 0x01]), report])
}

function structure(type: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([content.length + 1, type]), content])
}

/** Flags and the manufacturer's data with the company in front. */
export function advertisingData(payload: Buffer): Buffer {
  const company = Buffer.alloc(2)
  company.writeUInt16LE(companyId)
  return Buffer.concat([
    structure(0x01, Buffer.from([0x06])),
    structure(0xff, Buffer.concat([company, payload])),
  ])
}

/** The service FCE0 and the name. */
export function scanResponseData(name: string): Buffer {
  return Buffer.concat([structure(0x03, Buffer.from([0xe0, 0xfc])), structure(0x09, Buffer.from(name))])
}
