// Puts a Bluetooth controller with one simulated Aranet4 in its range under the program that is started with it:
// node --import ./apps/aranet4/testing/preload.ts apps/aranet4/dist/main.js
// ARANET4_DOUBLE names a failure of the controller (controller.ts), or: integrations-off, nobody.
import { Controller, type ControllerFault, controllerFaults } from './controller.ts'
import { advertiser, aranet4Payload, bedroom, simulatedBedroom, stranger } from './devices.ts'
import { install, plugIn } from './hci-socket.ts'

const wanted = process.env.ARANET4_DOUBLE ?? ''
const fault = controllerFaults.find((known): known is ControllerFault => known === wanted) ?? null
const payload = () =>
  wanted === 'integrations-off'
    ? Buffer.from('00010401000000', 'hex')
    : aranet4Payload(simulatedBedroom(Date.now()))
const devices = [stranger(), advertiser(bedroom.address, payload, bedroom.name, { everyMs: 700 })]
plugIn(new Controller(wanted === 'nobody' ? [stranger()] : devices, fault))
install(process.argv[1] ?? import.meta.filename)
