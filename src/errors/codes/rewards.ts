import type { ErrorRange, ErrorTable } from '../ErrorDescriptor.js'

export const rewardsRange: ErrorRange = { title: 'Receipts, epochs and claims', codes: [[1800, 1899]] }

export const rewardsErrors = {
  OL1800: {
    message: '{where}: {field} {reason}',
    hint: 'Fix {field}: hashes, ids and addresses are lower-case 0x hex, amounts decimal strings in wei.',
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
  OL1809: {
    message: 'The adapter {path} was not trained on a Datanet version',
    hint: 'Train it with `openledger train` inside a workspace, without --data.',
  },
  OL1810: {
    message: 'The adapter {path} is not published on {network}',
    hint: 'Run `openledger model publish --adapter {path}`.',
  },
  OL1811: {
    message: 'Nothing to post: {reason}',
    hint: 'Pay for an answer first: `openledger attribute --queries questions.jsonl --pay`. Vouchers count once they are redeemed: `openledger inference voucher redeem`.',
    exitCode: 0,
  },
  OL1812: {
    message: 'Epoch {epoch} of this workspace is not on {network}: its ledger has {count} epochs, none with this root',
    hint: 'The chain was started anew since. Begin a new workspace, or move the folder epochs/ and attribution/ away.',
    exitCode: 6,
  },
  OL1813: {
    message: 'Epoch {epoch} is {status} until {until}; its rewards cannot be claimed yet',
    hint: 'Wait for the challenge window to pass; on the devnet add --warp to move its clock. A challenged one is decided by its vote: `openledger rewards resolve {number}`.',
    exitCode: 7,
  },
  OL1814: {
    message: '{failed} of {total} checks found a mismatch: {names}',
    hint: 'Look at the details above; somebody changed a file, or the chain and the workspace do not belong together.',
    exitCode: 6,
  },
  OL1815: {
    message: 'There are no epochs in {path}',
    hint: 'Post one: `openledger rewards post`.',
  },
  OL1816: {
    message: '{name} is neither an address, nor a keystore, nor a devnet account',
    hint: 'Give an 0x address, the name of a keystore, or one of {known}.',
    exitCode: 2,
  },
  OL1817: {
    message: '{path} holds no version of a Datanet',
    hint: 'Make one: `openledger datanet publish`, or train on a file with --data.',
  },
  OL1818: {
    message: 'No version in {path} has the root {root} that the model {modelId} was trained on',
    hint: 'Restore the folder of that version from where it was published.',
    exitCode: 6,
  },
  OL1819: {
    message: 'Epoch {number} of the ledger on {network} is still {status}, and one at a time can be',
    hint: 'Finalize it first: `openledger rewards claim`, on the devnet with --warp. A challenged one is decided by its vote: `openledger rewards resolve {number}`.',
    exitCode: 7,
  },
  OL1820: {
    message:
      'The record of line {line} earns a share, but its contributor, {contributor}, is no address, or one with a wrong checksum',
    hint: 'Nothing was paid. Give every record the 0x address of its contributor, and train again.',
  },
  OL1821: {
    message:
      'Epoch {epoch} was rejected on {network}, as number {number} of the ledger: validators found the root {root}',
    hint: 'Find out what was wrong with it, move its folder out of epochs/, then run `openledger rewards post` again, which builds it anew.',
    exitCode: 6,
  },
  OL1822: {
    message: 'Epoch {epoch} was built but not posted on {network}',
    hint: 'Post it: `openledger rewards post`.',
  },
  OL1823: {
    message: 'Epoch {epoch} is missing in {path}, where epoch {next} is',
    hint: 'Restore the folder from where it was posted; without it, what it settled would be paid again.',
    exitCode: 6,
  },
  OL1824: {
    message: 'Version {version} of the Datanet, with the root {root}, is not published on {network}',
    hint: 'Run `openledger datanet publish`, which publishes the newest version; an adapter of an older one has to be trained again.',
  },
  OL1825: {
    message: '{count} records begin with {beginning}, among them {ids}',
    hint: 'Give more digits of the id.',
    exitCode: 2,
  },
  OL1826: {
    message: 'No record of the Datanet "{datanet}", and none that was paid, begins with {beginning}',
    hint: 'Give 4 hexadecimal digits of the id or more. `openledger rewards status --for <who>` lists the records that earned something; every id is in records.jsonl of a version.',
    exitCode: 2,
  },
  OL1840: {
    message: 'Epoch {number} of the ledger on {network}, which has {count}, is {status}: there is nothing to judge',
    hint: 'Give the number of an epoch that is pending or challenged: `openledger rewards status` lists them.',
  },
  OL1841: {
    message: 'Epoch {epoch}, which is final on {network}, is not in {path}: what accounts earned before is not known',
    hint: 'Copy the folder of every earlier epoch from where it was published, then try again; or name a root with --root.',
  },
  OL1842: {
    message: 'Epoch {epoch} in {path} is not epoch {number} of the ledger',
    hint: 'Copy the folder of that epoch from where it was published.',
    exitCode: 6,
  },
  OL1843: {
    message: 'Epoch {number} is not what the files give: {field} was posted as {posted}, computed as {computed}',
    hint: 'Nothing was sent. Challenge it instead: `openledger rewards challenge {number}`.',
    exitCode: 6,
  },
  OL1844: {
    message: 'Epoch {number} is what the files give, with the rewards root {root}: there is nothing to challenge',
    hint: 'Nothing was sent. Attest it instead: `openledger rewards attest {number}`.',
    exitCode: 0,
  },
  OL1845: {
    message: '{account} has nothing to collect on {network}: {reason}',
    hint: 'Ask for stake with `openledger stake withdraw --amount`, and see `openledger stake status`.',
    exitCode: 0,
  },
  OL1846: {
    message: '{what} does not agree with the vouchers of its epoch: {reason}',
    hint: 'Get the epoch again from where it was posted; a receipt under a voucher pays what the redeemed voucher says.',
    exitCode: 6,
  },
  OL1847: {
    message: '{path} names no inferences',
    hint: 'Write one JSON object on every line, with inferenceId, and feeWei or inputTokens and outputTokens.',
  },
  OL1848: {
    message:
      'None of the inferences is noted in {path}: what was asked and answered is not known, so no model can be run',
    hint: 'Copy attribution/inferences from whoever asked, or leave --recompute out.',
  },
  OL1849: {
    message:
      'No folder in {path} is the adapter of the model {modelId}, whose training manifest has the hash {manifestHash}',
    hint: 'Name its folder with --adapter, or leave --recompute out.',
  },
  OL1850: {
    message: 'The note of the inference {inferenceId} is damaged: prompt or answer do not have their hashes',
    hint: 'Restore attribution/inferences, or leave --recompute out.',
    exitCode: 6,
  },
  OL1852: {
    message: '{account} can collect nothing on {network} yet: {reason}',
    hint: 'Run the command again then; on the devnet `openledger devnet warp` moves the clock.',
    exitCode: 7,
  },
} as const satisfies ErrorTable
