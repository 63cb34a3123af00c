/** The name of the network that `openledger devnet up` starts; its addresses are in `.openledger/devnet.json`. */
export const localNetwork = 'devnet'

/** Chain id of its L2, which contracts are on. */
export const localChainId = 901

/** Networks that are known without being described. Which contracts are there, and where, the configuration says. */
export const builtInNetworks: Readonly<Record<string, { readonly chainId: number }>> = {
  openledger: { chainId: 1612 },
  'openledger-testnet': { chainId: 161201 },
}
