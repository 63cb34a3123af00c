import type { ErrorRange, ErrorTable } from '../ErrorDescriptor.js'

export const chainRange: ErrorRange = {
  title: 'Networks, accounts and contracts',
  codes: [
    [1600, 1613],
    [1636, 1679],
    [1690, 1699],
  ],
}

export const chainErrors = {
  OL1600: {
    message: 'Nothing answers at {url}: the network {network} is not running or cannot be reached',
    hint: '{remedy}',
    hintMeans:
      'Run `openledger devnet up` if it is the devnet; otherwise check the internet connection and the "rpcUrl" of the network in openledger.config.json.',
    exitCode: 5,
  },
  OL1601: {
    message:
      'The account {address} is a public test key; it is refused on {network} (chain {chainId}, {url}), which is not local',
    hint: 'Use your own key: anyone can take what a test key holds. Test keys work on chains 900, 901 and 31337 at a loopback address.',
    exitCode: 4,
  },
  OL1602: {
    message: 'No RPC URL is known for the network {network} (chain {chainId})',
    hint: 'Add its "rpcUrl" under "networks" in openledger.config.json.',
    exitCode: 2,
  },
  OL1603: {
    message: '{contract}.{function} was refused: {error}({arguments})',
    hint: '{remedy}',
    hintMeans: 'Follow the hint of the contract’s error; docs/errors.md lists them.',
  },
  OL1604: {
    message: '{contract}.{function} is not permitted: {error}({arguments})',
    hint: '{remedy}',
    hintMeans: 'Follow the hint of the contract’s error; docs/errors.md lists them.',
    exitCode: 4,
  },
  OL1605: {
    message: '{contract}.{function} found a mismatch: {error}({arguments})',
    hint: '{remedy}',
    hintMeans: 'Follow the hint of the contract’s error; docs/errors.md lists them.',
    exitCode: 6,
  },
  OL1606: {
    message: '{contract}.{function} failed: {reason}',
    hint: 'Check that the contract at {address} is the one that this version of openledger was built for.',
  },
  OL1607: {
    message:
      '{account} has too few OPEN on {network} for {contract}.{function}: it holds {balance}, the call sends {value} and pays for gas',
    hint: 'Send OPEN to {account}, or sign with an account that has enough.',
  },
  OL1608: {
    message: 'The node at {url} refused {function}: {reason}',
    hint: 'Try again; if it fails again, check the RPC URL and its limits.',
  },
  OL1609: {
    message: 'There is no contract at {address} on {network} (chain {chainId}), where {contract} should be',
    hint: 'Check the address of {contract} for this network. A devnet that was reset has none of the old state.',
  },
  OL1610: {
    message: 'The address of {contract} on the network {network} (chain {chainId}) is not known',
    hint: 'Add it to openledger.config.json as networks.{network}.addresses.{contract}; in code, to `chain.contracts` or as `address`.',
    exitCode: 2,
  },
  OL1611: {
    message: 'Transaction {hash} ({contract}.{function}) was mined in block {block} but failed',
    hint: 'Run the command again: the state changed between the check and the transaction.',
  },
  OL1612: {
    message: 'Transaction {hash} ({contract}.{function}) was sent but not mined in time',
    hint: 'Look the transaction up by its hash before you send it again: it may still be mined.',
  },
  OL1613: {
    message: 'The node at {url} is on chain {found}, not on {expected} as the network {network} says',
    hint: 'Correct "rpcUrl" or "chainId" of this network in openledger.config.json.',
    exitCode: 6,
  },
  OL1636: {
    message: '{contract}.{function} has nothing to do: {error}({arguments})',
    hint: '{remedy}',
    hintMeans: 'Follow the hint of the contract’s error; docs/errors.md lists them.',
    exitCode: 0,
  },
  OL1637: {
    message: '{contract}.{function} comes too early: {error}({arguments})',
    hint: '{remedy}',
    hintMeans: 'Follow the hint of the contract’s error; docs/errors.md lists them.',
    exitCode: 7,
  },
  OL1660: {
    message: 'No Datanet is named, and this workspace has published none on the network {network}',
    hint: 'Give the id of the Datanet, which `openledger datanet publish --json` prints, or publish one first.',
    exitCode: 2,
  },
  OL1661: {
    message: 'The adapter {path} is not registered on the network {network}',
    hint: 'Register it with `openledger model publish`, or name the model with --model.',
  },
  OL1662: {
    message: '{account} can spend {spendable} of its deposit on {network}; its vouchers would owe {owed}',
    hint: 'Deposit {missing} more with `openledger inference deposit`; `openledger inference balance` shows the deposit. Nothing was signed.',
  },
  OL1663: {
    message: 'A voucher for these {count} inferences would owe nothing: their fees sum to 0 wei',
    hint: 'Set prices with `openledger model price`, or leave the voucher out. Nothing was signed.',
  },
  OL1664: {
    message: 'The voucher {what} is for the escrow {escrow} on chain {chainId}, not for {network}',
    hint: 'Choose the network with --network. A devnet that was reset has the same addresses as before.',
    exitCode: 2,
  },
  OL1665: {
    message: '{path} already exists',
    hint: 'Name another file with --output. Nothing was overwritten.',
    exitCode: 2,
  },
  OL1666: {
    message: 'The node does not show which voucher redeemed {redeemed} of {account} for the model {modelId}',
    hint: 'Name the previous voucher with --after; the machine that signed it has its file.',
  },
  OL1667: {
    message: '{from} offers {account} no shares of the Datanet {datanetId}',
    hint: 'List the offers with `openledger datanet shares show`, and choose the account that accepts with --account.',
  },
  OL1668: {
    message: '{account}, with {shares} of 10000 shares of the Datanet {datanetId}, has nothing to collect on {network}',
    hint: 'List the holders with `openledger datanet shares show`, and choose the account that collects with --account.',
    exitCode: 0,
  },
  OL1669: {
    message: 'No voucher can continue {path}: {reason}',
    hint: 'Name your own last voucher for this model with --after, or leave --after out. Nothing was signed.',
    exitCode: 6,
  },
  OL1690: {
    message:
      'The node at {url} does not show in which block {address} was deployed, and {blocks} blocks are too many to search',
    hint: 'Add the block, which a block explorer shows, to openledger.config.json as networks.{network}.deploymentBlock.',
    exitCode: 2,
  },
} as const satisfies ErrorTable
