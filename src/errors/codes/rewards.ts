import type { ErrorRange, ErrorTable } from '../ErrorDescriptor.js'

export const rewardsRange: ErrorRange = { title: 'Receipts, epochs and claims', codes: [[1800, 1899]] }

export const rewardsErrors = {
  OL1800: {
    message: '{where}: {field} {reason}',
    hint: 'Fix {field}: hashes, ids and addresses are hex with 0x in lower case; amounts are decimal strings in wei.',
  },
  OL1801: {
    message: 'The shares of inference {inferenceId} sum to {sumWei} wei; its pool is {poolWei} wei',
    hint: 'Split the pool with splitWei, which loses no wei, and leave no share out.',
    exitCode: 6,
  },
  OL1802: {
    message: 'Inference {inferenceId} is paid twice: {where}',
    hint: 'Keep one receipt of each inference, and none of an inference that an earlier epoch settled.',
    exitCode: 6,
  },
  OL1803: {
    message: 'Epoch {epoch} would allocate nothing: the pools of its {receiptCount} receipts sum to 0 wei',
    hint: 'Pay for an answer first, which leaves a receipt: `openledger attribute --pay`.',
  },
  OL1804: {
    message: 'Epoch {epoch} is already in {path}, with other content',
    hint: 'Add the missing receipts to the next epoch, because openledger never rewrites an epoch.',
    exitCode: 6,
  },
  OL1805: {
    message: 'Epoch {epoch} in {path} is damaged: {check}: {detail}',
    hint: 'Restore {path} from the machine that posted it; nobody can claim from files that do not hash to the posted roots.',
    exitCode: 6,
  },
  OL1806: {
    message: 'The epoch after {previous} is {expected}, of chain {chainId} and pool {rewardPool}; this one is {found}',
    hint: 'Give the epoch directly before it, of the same chain and the same reward pool.',
    exitCode: 6,
  },
  OL1807: {
    message: 'Epoch {epoch} has no {what} {id}',
    hint: 'Run `openledger rewards status` to see what each account earned in which epoch.',
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
    hint: 'Make a new workspace, or move the folders epochs/ and attribution/ away: the chain was reset since.',
    exitCode: 6,
  },
  OL1813: {
    message: 'The rewards of epoch {epoch} cannot be claimed yet: it is {status} until {until}',
    hint: 'Wait for the challenge window to pass; on the devnet add --warp to move its clock. A vote decides a challenged epoch: `openledger rewards resolve {number}`.',
    exitCode: 7,
  },
  OL1814: {
    message: '{failed} of {total} checks found a mismatch: {names}',
    hint: 'Look at the details above: somebody changed a file, or the chain and the workspace do not belong together.',
    exitCode: 6,
  },
  OL1815: {
    message: 'There are no epochs in {path}',
    hint: 'Post one with `openledger rewards post`.',
  },
  OL1816: {
    message: '{name} is neither an address, nor a keystore, nor a devnet account',
    hint: 'Give an 0x address, the name of a keystore, or one of {known}.',
    exitCode: 2,
  },
  OL1817: {
    message: '{path} holds no version of a Datanet',
    hint: 'Make one with `openledger datanet publish`, or train on a file with --data.',
  },
  OL1818: {
    message: 'No version in {path} has the root {root} that the model {modelId} was trained on',
    hint: 'Restore the folder of that version from the machine that published it.',
    exitCode: 6,
  },
  OL1819: {
    message: 'Epoch {number} of the ledger on {network} is still {status}, and only one epoch at a time can be',
    hint: 'Finalize it first: `openledger rewards claim`, on the devnet with --warp. A vote decides a challenged epoch: `openledger rewards resolve {number}`.',
    exitCode: 7,
  },
  OL1820: {
    message:
      'The record of line {line} earns a share, but its contributor {contributor} is not an address or has a wrong checksum',
    hint: 'Give every record the 0x address of its contributor, and train again. Nothing was paid.',
  },
  OL1821: {
    message:
      'Epoch {epoch} was rejected on {network}, as number {number} of the ledger: validators found the root {root}',
    hint: 'Find out what was wrong with the epoch, move its folder out of epochs/, then run `openledger rewards post`, which builds the epoch again.',
    exitCode: 6,
  },
  OL1822: {
    message: 'Epoch {epoch} was built but is not posted on {network}',
    hint: 'Post it with `openledger rewards post`.',
  },
  OL1823: {
    message: 'Epoch {epoch} is missing in {path}, although epoch {next} is there',
    hint: 'Restore the folder from the machine that posted it; without it, payments that it settled would be paid again.',
    exitCode: 6,
  },
  OL1824: {
    message: 'Version {version} of the Datanet, with the root {root}, is not published on {network}',
    hint: 'Run `openledger datanet publish`, which publishes the newest version. Train an adapter of an older version again.',
  },
  OL1825: {
    message: '{count} records begin with {beginning}, among them {ids}',
    hint: 'Give more digits of the id.',
    exitCode: 2,
  },
  OL1826: {
    message: 'No record of the Datanet "{datanet}", and none that was paid, begins with {beginning}',
    hint: 'Give at least 4 hexadecimal digits of the id. `openledger rewards status --for <account>` lists the records that earned something; records.jsonl of a version has every id.',
    exitCode: 2,
  },
  OL1840: {
    message: 'Epoch {number} of the ledger on {network}, which has {count}, is {status}: there is nothing to judge',
    hint: 'Give the number of an epoch that is pending or challenged: `openledger rewards status` lists them.',
  },
  OL1841: {
    message: 'Epoch {epoch}, which is final on {network}, is not in {path}, so that earlier earnings are not known',
    hint: 'Copy the folder of every earlier epoch from its publisher and try again, or name a root with --root.',
  },
  OL1842: {
    message: 'Epoch {epoch} in {path} is not epoch {number} of the ledger',
    hint: 'Copy the folder of that epoch from its publisher.',
    exitCode: 6,
  },
  OL1843: {
    message:
      'Epoch {number} does not match the files: {field} was posted as {posted}, but is {computed} when computed again',
    hint: 'Challenge the epoch instead: `openledger rewards challenge {number}`. Nothing was sent.',
    exitCode: 6,
  },
  OL1844: {
    message: 'Epoch {number} matches the files, with the rewards root {root}: there is nothing to challenge',
    hint: 'Attest the epoch instead: `openledger rewards attest {number}`. Nothing was sent.',
    exitCode: 0,
  },
  OL1845: {
    message: '{account} has nothing to collect on {network}: {reason}',
    hint: 'Start a withdrawal with `openledger stake withdraw --amount`, and see `openledger stake status`.',
    exitCode: 0,
  },
  OL1846: {
    message: '{what} does not agree with the vouchers of its epoch: {reason}',
    hint: 'Get the epoch again from its publisher: a receipt under a voucher pays what the redeemed voucher says.',
    exitCode: 6,
  },
  OL1847: {
    message: '{path} names no inferences',
    hint: 'Write one JSON object on every line, with inferenceId, and feeWei or inputTokens and outputTokens.',
  },
  OL1848: {
    message: 'None of the inferences is noted in {path}: without prompts and answers no model can be run',
    hint: 'Copy attribution/inferences from the workspace that paid, or leave --recompute out.',
  },
  OL1849: {
    message:
      'No folder in {path} is the adapter of the model {modelId}, whose training manifest has the hash {manifestHash}',
    hint: 'Name its folder with --adapter, or leave --recompute out.',
  },
  OL1850: {
    message: 'The note of the inference {inferenceId} is damaged: its prompt or answer does not have the noted hash',
    hint: 'Restore attribution/inferences, or leave --recompute out.',
    exitCode: 6,
  },
  OL1852: {
    message: '{account} can collect nothing on {network} yet: {reason}',
    hint: 'Run the command again then; on the devnet `openledger devnet warp` moves the clock.',
    exitCode: 7,
  },
} as const satisfies ErrorTable
