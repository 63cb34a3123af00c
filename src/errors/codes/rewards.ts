import type { ErrorTable } from '../ErrorDescriptor.js'

/** OL1800 to OL1899: Receipts, epochs and claims. */
export const rewardsErrors = {
  OL1800: {
    message: '{where}: {field} {reason}',
    hint: 'Mend {field}: hashes, ids and addresses are lower-case 0x hex, amounts decimal strings in wei.',
  },
  OL1801: {
    message: 'The shares of inference {inferenceId} sum to {sumWei} wei; its pool is {poolWei} wei',
    hint: 'Split the pool with splitWei, which loses no wei, and keep every share.',
    exitCode: 6,
  },
  OL1802: {
    message: 'Inference {inferenceId} is paid for twice: {where}',
    hint: 'Keep one receipt of each inference; an inference that an earlier epoch settled is done.',
    exitCode: 6,
  },
  OL1803: {
    message: 'Epoch {epoch} would allocate nothing: it has {receiptCount} receipts, their pools sum to 0 wei',
    hint: 'Ask something first: `openledger attribute` and the payment of its fee leave a receipt.',
  },
  OL1804: {
    message: 'Epoch {epoch} is already in {path}, with other content',
    hint: 'An epoch is never rewritten. Give the receipts that it lacks to the next one.',
    exitCode: 6,
  },
  OL1805: {
    message: 'Epoch {epoch} in {path} is damaged: {check}: {detail}',
    hint: 'Restore {path} from where it was posted; nobody can claim from files that do not hash to the posted roots.',
    exitCode: 6,
  },
  OL1806: {
    message: 'The epoch after {previous} is {expected}, of chain {chainId} and pool {rewardPool}; this one is {found}',
    hint: 'Give the epoch that comes directly before, of the same chain and the same reward pool.',
    exitCode: 6,
  },
  OL1807: {
    message: 'Epoch {epoch} has no {what} {id}',
    hint: 'Run `openledger rewards status` to see who has earned what, and in which epoch.',
  },
} as const satisfies ErrorTable
