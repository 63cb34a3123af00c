import type { PrivateKeyAccount } from 'viem/accounts'
import { devAccount } from '../../chain/client/devMnemonic.js'
import { type DevAccountName, devAccountNames } from './devAccountNames.js'

/**
 * The devnet's accounts by name. The deployer has no power over the contracts once they exist. The maintainer owns the Datanet
 * and the model, the operator posts epochs, the user asks and pays. mara, tobias, ines and kwame contribute, zed contributes
 * filler, and the relayer pays the gas of others' claims.
 *
 * @example
 * const client = createChainClient({ network, account: devAccounts().maintainer })
 */
export const devAccounts = (): Readonly<Record<DevAccountName, PrivateKeyAccount>> =>
  Object.fromEntries(devAccountNames.map((name, index) => [name, devAccount(index)])) as Record<
    DevAccountName,
    PrivateKeyAccount
  >
