import type { Chain, Client, LocalAccount, Transport } from 'viem'

/** What reading actions take. */
export type ReadClient = Client<Transport, Chain, LocalAccount | undefined>

/** What writing actions take: it signs on this machine with its account. */
export type WriteClient = Client<Transport, Chain, LocalAccount>
