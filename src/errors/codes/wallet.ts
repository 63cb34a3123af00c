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
    message: 'There is a keystore called {name} already: {path}',
    hint: 'Choose another name: a keystore is never overwritten, since the key in it may be the only copy.',
    exitCode: 2,
  },
  OL1616: {
    message: 'The keystore {path} is not valid: {reason}',
    hint: 'Restore it from a backup; it must be a Web3 Secret Storage file of version 3, as geth, cast and ethers write it.',
  },
  OL1617: {
    message: 'The password does not open the keystore {path}',
    hint: 'Try again; what OPENLEDGER_PASSWORD_FILE names is read without the line break at its end.',
    exitCode: 4,
  },
  OL1618: {
    message: 'The keystore {path} says that it holds the key of {stated}, but it holds that of {found}',
    hint: 'Do not use it: somebody changed the file. Import the key again under another name.',
    exitCode: 6,
  },
  OL1619: {
    message: 'The keystore {path} does not say whose key it holds',
    hint: 'Take it over with `openledger wallet import <name> --keystore {path}`, which opens it once and notes the address.',
    exitCode: 4,
  },
  OL1620: {
    message: 'What was given is no private key: {reason}',
    hint: 'Give 64 hexadecimal digits, with or without 0x, through a pipe or at the prompt. Nothing of it was stored or shown.',
    exitCode: 2,
  },
  OL1621: {
    message: '{what} is needed, and there is no terminal to ask on',
    hint: '{remedy}',
    hintMeans:
      'Run the command on a terminal, or give what it asks for in the way that the error names: a variable, a file, or a pipe.',
    exitCode: 4,
  },
  OL1622: {
    message: 'The password cannot be used: {reason}',
    hint: 'Give one line that is not empty, twice the same where it is asked for twice.',
    exitCode: 2,
  },
  OL1623: {
    message: '{name} cannot be the name of a keystore: {reason}',
    hint: 'Use 1 to 32 letters, digits, dashes and underscores, beginning with a letter or a digit.',
    exitCode: 2,
  },
  OL1624: {
    message: 'No account is chosen to sign with on {network} (chain {chainId})',
    hint: 'Name one with --account, or in the configuration as networks.{network}.account or networks.{network}.signer. `openledger wallet new <name>` makes one.',
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
    message: 'The signer of {network} gave no signature within {seconds} seconds, and was ended',
    hint: 'Confirm on its device in time, or allow more in the configuration as networks.{network}.signer.timeoutSeconds.',
    exitCode: 4,
  },
  OL1628: {
    message: 'The signer of {network} answered what is no signature: {reason}',
    hint: 'It must print one JSON document, with a signature or an error, and nothing else on its standard output: see docs/signer.md.',
  },
  OL1629: {
    message: 'The signer of {network} signed as {found}, not as {expected}, or signed something else; nothing was sent',
    hint: 'Correct networks.{network}.signer.address in the configuration, or the key that the signer uses.',
    exitCode: 6,
  },
  OL1630: {
    message: 'The signer of {network} declined: {reason}',
    hint: 'Nothing was sent. Run the command again when the signer will agree.',
    exitCode: 3,
  },
  OL1631: {
    message: '{address} is a public test key: anyone can take what it holds',
    hint: 'Make a key of your own with `openledger wallet new <name>`; the devnet knows its accounts by their names.',
    exitCode: 4,
  },
  OL1632: {
    message: 'Signing was asked for chain {found}, but {network} is chain {expected}',
    hint: 'This is a defect of the program that asked; nothing was signed.',
    exitCode: 6,
  },
  OL1633: {
    message: 'With --dry-run nothing is signed, and {function} was about to be',
    hint: 'This is a defect of openledger: report the command line. Nothing was sent.',
  },
  OL1634: {
    message:
      '{count} approved records are of {address}, a public test key: on {network} anyone could take what they earn',
    hint: 'Reject them with `openledger datanet review`, and let people contribute with keys of their own: the records of a template are signed by test keys.',
    exitCode: 4,
  },
  OL1635: {
    message: 'On {network} each role signs with its own account, so that there is no one address',
    hint: 'Name an account: `openledger wallet address maintainer`, or the name of a keystore.',
    exitCode: 2,
  },
} as const satisfies ErrorTable
