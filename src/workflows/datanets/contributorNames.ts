import { openDatanet } from '../../datanet/store/openDatanet.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'

/** The names of a workspace's contributors by lower-case address; nothing where there is no Datanet. */
export function contributorNames(workspace: string): ReadonlyMap<string, string> {
  let store: ReturnType<typeof openDatanet>
  try {
    store = openDatanet(workspace)
  } catch (error) {
    if (OpenLedgerError.is(error) && error.code === 'OL1120') return new Map()
    throw error
  }
  try {
    return new Map(store.contributors().map(({ address, name }) => [address.toLowerCase(), name ?? address]))
  } finally {
    store.close()
  }
}
