import { mayContribute } from '../../chain/actions/datanets/mayContribute.js'
import { localChainId } from '../../config/localNetwork.js'
import type { DatanetStore } from '../../datanet/store/DatanetStore.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { midSentence } from '../../files/midSentence.js'
import { type OpenConnectionParameters, openConnection } from '../network/openConnection.js'

export interface Admission {
  /** Whether the registry of the chosen network was asked. */
  readonly asked: boolean
  /** Other chains that the workspace has published on, whose lists were not looked at. */
  readonly passedOver: readonly number[]
}

/** Codes of errors that say that nobody answers. */
const away: readonly string[] = ['OL1600', 'OL1704', 'OL1705']

/**
 * Asks the registry whether a Datanet takes records of some accounts. It is asked on the chosen network only, and where the
 * workspace has published the Datanet there: before that there is no list that they could be on.
 *
 * @throws OL1114 for the first account that may not contribute
 * @throws OL1115 when the Datanet is there, and the chain cannot be asked
 */
export async function requireAdmission(
  parameters: OpenConnectionParameters,
  store: DatanetStore,
  contributors: readonly `0x${string}`[],
): Promise<Admission> {
  const { network, networks } = parameters
  const chainId = networks[network]?.chainId ?? localChainId
  const publications = store.publications()
  const noted = publications.filter((each) => each.chainId === chainId)
  const others = publications.map((each) => each.chainId).filter((each) => each !== chainId)
  // The devnet's are play, and gone with it.
  const passedOver = [...new Set(others)].filter((each) => each !== localChainId)
  const notThere = { asked: false, passedOver }
  if (noted.length === 0) return notThere
  try {
    const connection = await openConnection(parameters)
    const address = connection.address('DatanetRegistry')
    const datanetId = noted.findLast(({ registry }) => registry === address)?.datanetId
    if (datanetId === undefined) return notThere
    for (const account of contributors)
      if (!(await mayContribute(connection.client, { datanetId, account })))
        throw new OpenLedgerError('OL1114', { account, datanetId, network: connection.network.name })
    return { asked: true, passedOver }
  } catch (cause) {
    if (!OpenLedgerError.is(cause)) throw cause
    // The note is of a chain that was started again since.
    if (cause.code === 'OL1603' || cause.code === 'OL1609') return notThere
    if (!away.includes(cause.code)) throw cause
    throw new OpenLedgerError('OL1115', { network, reason: midSentence(cause.message) }, { cause })
  }
}
