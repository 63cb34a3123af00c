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
  OL1721: {
    message: 'The L2 takes deposit transactions (type 0x7E) from the L1 only, and here {reason}',
    hint: 'Deposit on the L1: OptimismPortal.depositERC20Transaction, or `openledger devnet bridge deposit`.',
  },
  OL1722: {
    message: 'The node of the L2 does not answer: {reason}',
    hint: 'Look into it with `openledger devnet status` and `openledger devnet logs`.',
    exitCode: 5,
  },
  OL1723: {
    message: 'A request to the L2 may have {limit} bytes at most',
    hint: 'Send it in several requests.',
  },
  OL1750: {
    message: 'The saved devnet {path} is damaged or foreign: {reason}',
    hint: 'Restore a snapshot with `openledger devnet snapshot restore`, or begin anew with `openledger devnet reset`. Of the file itself nothing can be used.',
  },
  OL1751: {
    message: 'The saved devnet {path} is of anvil {other}, and this is anvil {anvilVersion}, which may read it wrongly',
    hint: 'Begin anew with `openledger devnet reset`, or install the openledger that saved it to go on.',
  },
  OL1752: {
    message: 'The {layer} node (process {pid}) ended by itself: {how}',
    hint: 'Run `openledger devnet up`: it goes on from what was saved, and says what was lost. What the node wrote last is in {log}.',
    exitCode: 5,
  },
  OL1753: {
    message: 'There is no snapshot {name}',
    hint: '`openledger devnet snapshot list` shows those there are.',
  },
  OL1754: {
    message: 'The devnet (process {pid}) did not carry out the order to {order}: {reason}',
    hint: 'Look into it with `openledger devnet logs`; `openledger devnet down` ends it in any case.',
  },
  OL1755: {
    message: 'From 1 to 100000 blocks can be mined at once, not {blocks}',
    hint: 'Give a whole number in that range.',
    exitCode: 2,
  },
  OL1756: {
    message: '{name} cannot be the name of a snapshot',
    hint: 'Use letters, digits, dots, dashes and underscores, beginning with a letter or digit, 64 at most.',
    exitCode: 2,
  },
  OL1757: {
    message: 'The process that was to keep the devnet did not start it: {reason}',
    hint: 'Read its log: {log}',
  },
  OL1758: {
    message: 'The devnet ended: neither the new chains nor the old ones could be started: {reason}',
    hint: 'Run `openledger devnet up`: it goes on from what was saved.',
    exitCode: 5,
  },
  OL1759: {
    message: 'The devnet runs already, its {layer} at port {port} and not at {wanted}',
    hint: 'Leave the port out, or stop it first: `openledger devnet down`.',
  },
  OL1760: {
    message: 'The two of `devnet logs` --follow and --json do not go together: a JSON document has an end',
    hint: 'Leave one of them out.',
    exitCode: 2,
  },
  OL1761: {
    message: '{account} is neither an account of the devnet nor an address',
    hint: 'Use one of {names}, or 0x and 40 hexadecimal digits.',
    exitCode: 2,
  },
} as const satisfies ErrorTable
