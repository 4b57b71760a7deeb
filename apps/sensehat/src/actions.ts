import { isSourceId, runVerb, type SystemData, sourceContract } from '@tailboard/contracts'
import type { Store } from '@tailboard/service'
import type { ServiceContext } from '@tailboard/service/service-runner'

/** What a press does, as the owner set it (contracts/sources/sensehat.ts has the grammar). */
export interface Actions {
  /** Lets a text run over the LEDs. */
  say(text: string): void
  clear(): void
}

/** Carries out an action and says in words what came of it; null when nothing is set. */
export async function act(action: string, context: ServiceContext, actions: Actions): Promise<string | null> {
  const [verb, source = ''] = action.split(' ')
  if (verb === 'clear') {
    actions.clear()
    return 'The LEDs are off'
  }
  if (verb === 'address') {
    const address = await findAddress(context.store)
    actions.say(address ?? context.store.node)
    return address === null ? 'No address is known: the name is shown' : `${address} is shown`
  }
  if (verb === runVerb) return runSource(source, context)
  return null
}

async function runSource(source: string, { store, config }: ServiceContext): Promise<string> {
  if (!isSourceId(source)) return `There is no source ${source}`
  const { life, title } = sourceContract(source)
  if (life !== 'poll') return `${title} can’t be run by hand`
  if (!config.sources[source].enabled) return `${title} is switched off`
  await store.pushOrder({ type: 'run', source, by: 'joystick', asked: store.now() })
  return `${title} is measured now`
}

/** This Pi's address in the house, as the system source last saw it: in a container our own would be of no use. */
async function findAddress(store: Store): Promise<string | null> {
  const { reading } = await store.readSource('system')
  const network = (reading?.data as SystemData | undefined)?.network ?? []
  const addresses = network.filter(({ isUp }) => isUp).flatMap(({ addresses }) => addresses)
  return addresses.find((address) => /^\d+\.\d+\.\d+\.\d+$/.test(address)) ?? addresses[0] ?? null
}
