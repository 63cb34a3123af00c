import type { ErrorTable } from '../ErrorDescriptor.js'

/** OL1700 to OL1799: The local network. */
export const devnetErrors = {
  OL1700: {
    message: 'There is no anvil for {platform} in node_modules',
    hint: 'Run `npm ci` without --omit=optional on Linux or macOS (x64 or arm64).',
  },
  OL1701: {
    message: 'Port {port}, wanted for the {layer} node, is in use by another process',
    hint: 'Choose another port, 0 for any free one, or end the process that listens on {port}.',
  },
  OL1702: {
    message: 'The {layer} node did not start: {reason}',
    hint: 'Read its log: {log}',
  },
  OL1703: {
    message: 'The devnet state file {path} is not valid: {reason}',
    hint: 'Remove the file and run `openledger devnet up`; a devnet that it described may still run.',
  },
  OL1704: {
    message: 'No devnet runs in {workspace}',
    hint: 'Run `openledger devnet up`.',
    exitCode: 5,
  },
  OL1705: {
    message: 'The devnet of {workspace} is not healthy: {reason}',
    hint: 'Run `openledger devnet up`: it clears away what is left and starts a fresh one.',
    exitCode: 5,
  },
  OL1706: {
    message: 'Process {pid} of the devnet cannot be ended: {reason}',
    hint: 'End it yourself: `kill -9 {pid}`.',
  },
  OL1707: {
    message: 'Setting up the {layer} failed: {step}: {reason}',
    hint: 'Run `openledger devnet up` again; if it fails the same way, report it with the log {log}.',
  },
  OL1708: {
    message:
      'Another process ({pid}) has been starting or stopping the devnet of {workspace} for over {seconds} seconds',
    hint: 'Wait for it, or end it: `kill {pid}`.',
  },
  OL1709: {
    message: 'Time can be moved by a whole number of seconds from 1 to 3153600000 (100 years), not by {seconds}',
    hint: 'Give the seconds as a positive integer, for example 3600 for one hour.',
    exitCode: 2,
  },
  OL1720: {
    message: 'The relayer between L1 and L2 cannot get on: {reason}',
    hint: 'Read the log with `openledger devnet logs`; `openledger devnet reset` starts both layers anew.',
  },
} as const satisfies ErrorTable
