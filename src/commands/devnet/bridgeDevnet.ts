import { localNetwork } from '../../config/localNetwork.js'
import { requireDevnet } from '../../devnet/keeper/devnetStatus.js'
import type { DevnetState } from '../../devnet/state/devnetState.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { isHex, lowerHex } from '../../files/hex.js'
import type { CommandContext } from '../shared/CommandContext.js'

/**
 * The running devnet, for the commands of the bridge.
 *
 * @throws OL1736 when another network was chosen, OL1704 or OL1705 when no healthy devnet runs
 */
export async function bridgeDevnet({ config, cwd }: Pick<CommandContext, 'config' | 'cwd'>): Promise<DevnetState> {
  if (config.network !== localNetwork) throw new OpenLedgerError('OL1736', { network: config.network })
  return requireDevnet(config.workspace?.root ?? cwd)
}

/**
 * A transaction's hash from the command line.
 *
 * @throws OL1737 when it is none
 */
export function transactionHash(word: string): `0x${string}` {
  if (!isHex(word, 32)) throw new OpenLedgerError('OL1737', { word })
  return lowerHex(word)
}
