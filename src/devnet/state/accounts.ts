import type { PrivateKeyAccount } from 'viem/accounts'
import { devAccount } from '../../chain/client/devMnemonic.js'
import { type DevAccountName, devAccountNames } from './devAccountNames.js'

/**
 * The devnet's accounts by name. Deployer, who has no power over the contracts once they stand, maintainer of the Datanet
 * and owner of the model, operator who posts epochs, user who asks and pays, the contributors mara, tobias, ines and kwame,
 * zed who contributes filler, and a relayer who pays the gas of others' claims.
 *
 * @example
 * const client = createChainClient({ network, account: devAccounts().maintainer })
 */
export const devAccounts = (): Readonly<Record<DevAccountName, PrivateKeyAccount>> =>
  Object.fromEntries(devAccountNames.map((name, index) => [name, devAccount(index)])) as Record<
    DevAccountName,
    PrivateKeyAccount
  >
