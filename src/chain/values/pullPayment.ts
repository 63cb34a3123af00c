import { parseAbi } from 'viem'

/** The contracts that owe accounts money. They send none: the accounts collect it. */
export type CreditContract = 'InferenceEscrow' | 'AttributionLedger' | 'Staking' | 'DatanetRegistry'

/** The ABI that these contracts have in common: `PullPayment.sol` is abstract and has no generated ABI of its own. */
export const pullPaymentAbi = parseAbi([
  'function credit(address account) view returns (uint256)',
  'function withdraw()',
  'event Withdrawn(address indexed account, uint256 amount)',
])
