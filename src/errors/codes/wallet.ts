import type { ErrorRange, ErrorTable } from '../ErrorDescriptor.js'

export const walletRange: ErrorRange = {
  title: 'Keystores, signer commands, and the accounts that sign',
  codes: [[1614, 1635]],
}

export const walletErrors = {
  OL1614: {
    message: 'There is no keystore called {name} in {folder}',
    hint: 'List them with `openledger wallet list`; make one with `openledger wallet new {name}` or `openledger wallet import {name}`.',
    exitCode: 4,
  },
  OL1615: {
    message: 'A keystore called {name} already exists: {path}',
    hint: 'Choose another name: openledger never overwrites a keystore, because it may hold the only copy of a key.',
    exitCode: 2,
  },
  OL1616: {
    message: 'The keystore {path} is not valid: {reason}',
    hint: 'Restore it from a backup; it must be a Web3 Secret Storage file of version 3, as geth, cast and ethers write it.',
  },
  OL1617: {
    message: 'The password does not open the keystore {path}',
    hint: 'Try again. OPENLEDGER_PASSWORD_FILE names a file with the password; a line break at its end does not count.',
    exitCode: 4,
  },
  OL1618: {
    message: 'The keystore {path} says that it holds the key of {stated}, but it holds that of {found}',
    hint: 'Do not use the keystore, because somebody changed it. Import the key again under another name.',
    exitCode: 6,
  },
  OL1619: {
    message: 'The keystore {path} does not state the address of its key',
    hint: 'Import it with `openledger wallet import <name> --keystore {path}`, which opens it once and notes the address.',
    exitCode: 4,
  },
  OL1620: {
    message: 'The input is not a private key: {reason}',
    hint: 'Give 64 hexadecimal digits, with or without 0x, through a pipe or at the prompt. Nothing was stored or shown.',
    exitCode: 2,
  },
  OL1621: {
    message: '{what} is needed, and there is no terminal to ask on',
    hint: '{remedy}',
    hintMeans:
      'Run the command on a terminal, or give the input in the way that the error names: a variable, a file or a pipe.',
    exitCode: 4,
  },
  OL1622: {
    message: 'The password cannot be used: {reason}',
    hint: 'Give one line that is not empty, and the same line when you are asked again.',
    exitCode: 2,
  },
  OL1623: {
    message: '{name} cannot be the name of a keystore: {reason}',
    hint: 'Use 1 to 32 letters, digits, dashes and underscores, beginning with a letter or a digit.',
    exitCode: 2,
  },
  OL1624: {
    message: 'No account is chosen for signing on {network} (chain {chainId})',
    hint: 'Choose one with --account, or in the configuration as networks.{network}.account or networks.{network}.signer. `openledger wallet new <name>` makes one.',
    exitCode: 4,
  },
  OL1625: {
    message: 'There is no account {name} to sign with on {network}',
    hint: 'Use one of: {known}. `openledger wallet list` shows your keystores.',
    exitCode: 4,
  },
  OL1626: {
    message: 'The signer of {network} failed with {status}: {reason}',
    hint: 'Run its command yourself: {command}',
    exitCode: 4,
  },
  OL1627: {
    message: 'The signer of {network} gave no signature within {seconds} seconds and was stopped',
    hint: 'Confirm on its device in time, or allow more time in the configuration as networks.{network}.signer.timeoutSeconds.',
    exitCode: 4,
  },
  OL1628: {
    message: 'The signer of {network} returned something that is not a signature: {reason}',
    hint: 'Let it print one JSON document, with a signature or an error, and nothing else on its standard output: see docs/signer.md.',
  },
  OL1629: {
    message: 'The signer of {network} signed as {found}, not as {expected}, or signed something else; nothing was sent',
    hint: 'Correct networks.{network}.signer.address in the configuration or the key that the signer uses.',
    exitCode: 6,
  },
  OL1630: {
    message: 'The signer of {network} declined: {reason}',
    hint: 'Run the command again when the signer will agree. Nothing was sent.',
    exitCode: 3,
  },
  OL1631: {
    message: '{address} is a public test key: anyone can take what it holds',
    hint: 'Make your own key with `openledger wallet new <name>`. On the devnet, name an account instead of its key.',
    exitCode: 4,
  },
  OL1632: {
    message: 'A signature for chain {found} was requested, but {network} is chain {expected}',
    hint: 'Report this defect of the program that requested it. Nothing was signed.',
    exitCode: 6,
  },
  OL1633: {
    message: 'With --dry-run nothing may be signed, but {function} was about to be',
    hint: 'Report this defect of openledger with the command line. Nothing was sent.',
  },
  OL1634: {
    message:
      '{count} approved records belong to {address}, a public test key: on {network} anyone could take what they earn',
    hint: 'Reject them with `openledger datanet review`, and let people contribute with their own keys. Test keys sign the records of a template.',
    exitCode: 4,
  },
  OL1635: {
    message: 'On {network} each role signs with its own account, so that there is no single address',
    hint: 'Name an account, such as `openledger wallet address maintainer`, or a keystore.',
    exitCode: 2,
  },
} as const satisfies ErrorTable
