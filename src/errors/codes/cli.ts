import type { ErrorRange, ErrorTable } from '../ErrorDescriptor.js'

export const cliRange: ErrorRange = { title: 'Usage, flags and configuration', codes: [[1000, 1099]] }

export const cliErrors = {
  OL1000: {
    message: 'Unexpected failure: {reason}',
    hint: 'This is a defect of openledger. Run the command again with --verbose and report the stack together with the output of `openledger doctor --json`.',
  },
  OL1001: {
    message: 'Unknown command {command}',
    hint: '{suggestion}',
    hintMeans: 'Use the command that the error suggests; `openledger --help` lists all commands.',
    exitCode: 2,
  },
  OL1002: {
    message: 'Unknown option {option} of `{command}`',
    hint: '{suggestion}',
    hintMeans: 'Use the option that the error suggests; the command with --help lists all options.',
    exitCode: 2,
  },
  OL1003: {
    message: 'Missing {argument} of `{command}`',
    hint: 'Add it; `{command} --help` shows the usage and examples.',
    exitCode: 2,
  },
  OL1004: {
    message: 'Too many arguments for `{command}`: expected {expected}, found {found}',
    hint: 'Remove the extra arguments, or put quotes around a path with spaces; `{command} --help` shows the usage.',
    exitCode: 2,
  },
  OL1005: {
    message: '{source} does not accept {value}: {reason}',
    hint: 'Give {expected}.',
    exitCode: 2,
  },
  OL1006: {
    message: 'Wrong usage of `{command}`: {reason}',
    hint: 'See `{command} --help` for the usage and examples.',
    exitCode: 2,
  },
  OL1007: {
    message: '`openledger {noun}` needs a verb',
    hint: 'Add one of: {verbs}.',
    exitCode: 2,
  },
  OL1008: {
    message: 'A confirmation is needed and there is no terminal to ask on: {question}',
    hint: 'Add --yes to confirm beforehand.',
    exitCode: 2,
  },
  OL1009: {
    message: 'Declined: {question}',
    hint: 'Nothing was changed. Run the command again and answer y, or add --yes.',
    exitCode: 3,
  },
  OL1010: {
    message: 'Interrupted by {signal}',
    hint: 'Run the same command again; nothing is half written.',
    exitCode: 130,
  },
  OL1011: {
    message: 'The result could not be written to the standard output: {reason}',
    hint: 'Free some space and show the result with a command that changes nothing: the work of this command is done.',
  },
  OL1020: {
    message: 'No workspace here: neither {folder} nor a folder above it has an openledger.config file',
    hint: 'Make one with `openledger init <dir>`, or name its folder with --cwd <folder>.',
    exitCode: 2,
  },
  OL1021: {
    message: 'Cannot load the configuration {file}: {reason}',
    hint: 'Fix the file; JSON, YAML and JavaScript work everywhere, TypeScript needs Node 22.18 or newer.',
    exitCode: 2,
  },
  OL1022: {
    message: 'The configuration {file} is not valid: {problems}',
    hint: 'Fix these fields; known fields are {fields}.',
    exitCode: 2,
  },
  OL1023: {
    message: 'No network is called {network}',
    hint: 'Use one of: {networks}; or describe it under "networks" in {file}.',
    exitCode: 2,
  },
  OL1024: {
    message: 'The folder {folder} given with --cwd cannot be used: {reason}',
    hint: 'Give the path of a folder that exists.',
    exitCode: 2,
  },
  OL1025: {
    message: 'The network {network} has no chain id in {file}',
    hint: 'Add its "chainId" there; only openledger and openledger-testnet are known without one.',
    exitCode: 2,
  },
  OL1026: {
    message:
      'The address {address} has a wrong EIP-55 checksum: one of its characters is mistyped or has the wrong case',
    hint: 'Copy the address again from its source. An address in lower case only has no checksum and is accepted as it is.',
    exitCode: 2,
  },
  OL1030: {
    message: '{count} of {total} checks failed: {names}',
    hint: 'Follow the remedies above, then run `openledger doctor` again.',
  },
  OL1031: {
    message: 'There is no error code {code}',
    hint: 'See `openledger help errors` for all codes.',
    exitCode: 2,
  },
  OL1039: {
    message: '--approve and --reject cannot be given together',
    hint: 'Run the command twice, once for each decision.',
    exitCode: 2,
  },
  OL1040: {
    message: 'One prompt is needed: {found}',
    hint: 'Write it after the command, or give it with --prompt-file or through a pipe.',
    exitCode: 2,
  },
} as const satisfies ErrorTable
