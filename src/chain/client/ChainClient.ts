import type { Chain, Client, LocalAccount, Transport } from 'viem'

/** The client of a reading action. */
export type ReadClient = Client<Transport, Chain, LocalAccount | undefined>

/** The client of a writing action: it signs on this machine with its account. */
export type WriteClient = Client<Transport, Chain, LocalAccount>
