import { parseAbi } from 'viem'

/** The contracts that owe accounts money, and have it collected rather than sending it. */
export type CreditContract = 'InferenceEscrow' | 'AttributionLedger' | 'Staking' | 'DatanetRegistry'

/** What they have in common: `PullPayment.sol`, which is abstract and so has no ABI of its own. */
export const pullPaymentAbi = parseAbi([
  'function credit(address account) view returns (uint256)',
  'function withdraw()',
  'event Withdrawn(address indexed account, uint256 amount)',
])
