import type { DevnetState } from '../state/devnetState.js'

/**
 * A devnet as shell variables. `ETH_RPC_URL`, which other tools read, is the URL of the L2.
 *
 * @example
 * devnetEnvironment(devnet) // { ETH_RPC_URL: 'http://…', OPENLEDGER_L1_CHAIN_ID: '900', … }
 */
export const devnetEnvironment = ({ l1, l2, addresses }: Pick<DevnetState, 'l1' | 'l2' | 'addresses'>) => ({
  ETH_RPC_URL: l2.rpcUrl,
  OPENLEDGER_L1_RPC_URL: l1.rpcUrl,
  OPENLEDGER_L1_CHAIN_ID: String(l1.chainId),
  OPENLEDGER_L2_RPC_URL: l2.rpcUrl,
  OPENLEDGER_L2_CHAIN_ID: String(l2.chainId),
  ...Object.fromEntries(Object.entries(addresses).map(([name, address]) => [variableOf(name), address])),
})

/** `OPENLEDGER_L2_OUTPUT_ORACLE_ADDRESS` for `L2OutputOracle`. */
const variableOf = (contract: string): string =>
  `OPENLEDGER_${contract
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/([A-Z0-9])([A-Z][a-z])/g, '$1_$2')
    .toUpperCase()}_ADDRESS`
