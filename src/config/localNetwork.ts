/** The name of the network that `openledger devnet up` starts; its addresses are in `.openledger/devnet.json`. */
export const localNetwork = 'devnet'
