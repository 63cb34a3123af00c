/** The name of the network that `openledger devnet up` starts; its addresses are in `.openledger/devnet.json`. */
export const localNetwork = 'devnet'

/** Chain id of the devnet's L2, which has the contracts. */
export const localChainId = 901

/** Networks that need no description. The addresses of their contracts come from the configuration. */
export const builtInNetworks: Readonly<Record<string, { readonly chainId: number }>> = {
  openledger: { chainId: 1612 },
  'openledger-testnet': { chainId: 161201 },
}
