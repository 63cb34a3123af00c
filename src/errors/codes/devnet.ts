import type { ErrorRange, ErrorTable } from '../ErrorDescriptor.js'

export const devnetRange: ErrorRange = { title: 'The local network', codes: [[1700, 1799]] }

export const devnetErrors = {
  OL1700: {
    message: 'There is no anvil for {platform} in node_modules',
    hint: 'Run `npm ci` without --omit=optional on Linux or macOS (x64 or arm64).',
  },
  OL1701: {
    message: 'Port {port}, chosen for the {layer} node, is in use by another process',
    hint: 'Choose another port or 0 for any free one, or end the process that listens on {port}.',
  },
  OL1702: {
    message: 'The {layer} node did not start: {reason}',
    hint: 'Read its log: {log}',
  },
  OL1703: {
    message: 'The devnet state file {path} is not valid: {reason}',
    hint: 'Run `openledger devnet up`, which replaces a damaged file and continues from the saved chains. First remove a file of another version of openledger; its devnet then ends by itself within seconds.',
  },
  OL1704: {
    message: 'No devnet is running in {workspace}',
    hint: 'Run `openledger devnet up`.',
    exitCode: 5,
  },
  OL1705: {
    message: 'The devnet of {workspace} is not healthy: {reason}',
    hint: 'Run `openledger devnet up`, which clears the remains away and continues from the saved chains.',
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
    message: 'The clock can be moved by a whole number of seconds from 1 to 3153600000 (100 years), not by {seconds}',
    hint: 'Give the seconds as a positive integer, for example 3600 for one hour.',
    exitCode: 2,
  },
  OL1720: {
    message: 'The relayer between L1 and L2 cannot continue: {reason}',
    hint: 'Read the log with `openledger devnet logs`, or start both layers again with `openledger devnet reset`.',
  },
  OL1721: {
    message: 'The L2 accepts deposit transactions (type 0x7E) from the L1 only, but {reason}',
    hint: 'Deposit on the L1: OptimismPortal.depositERC20Transaction, or `openledger devnet bridge deposit`.',
  },
  OL1722: {
    message: 'The node of the {layer} does not answer: {reason}',
    hint: 'Look at `openledger devnet status` and `openledger devnet logs`.',
    exitCode: 5,
  },
  OL1723: {
    message: 'A request to the {layer} may have at most {limit} bytes',
    hint: 'Split it into several requests.',
  },
  OL1724: {
    message: 'The bridge cannot move an amount of zero',
    hint: 'Give an amount of OPEN above zero, for example 0.5.',
    exitCode: 2,
  },
  OL1725: {
    message: '{account} has only {balance} on the {layer}, too little to move {amount} over the bridge',
    hint: 'Choose a smaller amount, or another account with --from; `openledger devnet accounts` shows the balances.',
  },
  OL1726: {
    message: 'The deposit of the L1 transaction {hash} did not arrive on the L2 within {seconds} seconds',
    hint: 'See `openledger devnet bridge status` and `openledger devnet logs`. The deposit is not lost: it arrives when the relayer continues.',
  },
  OL1727: {
    message:
      '{to} refused the deposit on the L2 (transaction {hash}); the OPEN is on the L2, in the account of the sender {from}',
    hint: 'Deposit to an account that accepts OPEN, or to a contract that does so with at most 100000 gas.',
  },
  OL1728: {
    message: 'The portal never pays a withdrawal out to {to}: it is the token or the portal itself',
    hint: 'Withdraw to an account or to another contract of the L1.',
    exitCode: 2,
  },
  OL1729: {
    message: 'The L2 transaction {hash} holds no withdrawal',
    hint: 'List the withdrawals and their transactions with `openledger devnet bridge status`.',
  },
  OL1730: {
    message: 'There is no transaction {hash} on the L2',
    hint: 'Give the hash that `openledger devnet bridge withdraw` printed; `openledger devnet bridge status` lists all hashes.',
  },
  OL1731: {
    message: 'After {seconds} seconds no output on the L1 covers L2 block {block} of the withdrawal {hash} yet',
    hint: 'See `openledger devnet logs` for what holds up the relayer, which proposes outputs, and prove again.',
    exitCode: 7,
  },
  OL1732: {
    message: 'The withdrawal {hash} is already proven',
    hint: 'Run `openledger devnet bridge finalize {hash}`.',
    exitCode: 0,
  },
  OL1733: {
    message: 'The withdrawal {hash} is already finalized: it was paid out on the L1',
    hint: 'Do nothing: each withdrawal is paid once.',
    exitCode: 0,
  },
  OL1734: {
    message: 'The withdrawal {hash} is not proven yet',
    hint: 'Run `openledger devnet bridge prove {hash}` first.',
  },
  OL1735: {
    message: 'The withdrawal {hash} cannot be finalized before {seconds} more seconds of the L1’s clock',
    hint: 'Wait, or move the clocks of both layers with --warp.',
    exitCode: 7,
  },
  OL1736: {
    message: 'The bridge commands work on the devnet only, but the chosen network is {network}',
    hint: 'Leave --network out, or give --network devnet. The public chain has its own bridge.',
    exitCode: 2,
  },
  OL1737: {
    message: '{word} is not the hash of a transaction',
    hint: 'Give 0x and 64 hexadecimal digits; `openledger devnet bridge status` lists the withdrawals with their hashes.',
    exitCode: 2,
  },
  OL1750: {
    message: 'The saved devnet {path} is damaged or of another kind: {reason}',
    hint: 'Restore a snapshot with `openledger devnet snapshot restore`, or start again with `openledger devnet reset`.',
  },
  OL1751: {
    message: 'The saved devnet {path} is of anvil {other}, and this is anvil {anvilVersion}, which may read it wrongly',
    hint: 'Start again with `openledger devnet reset`, or continue with the version of openledger that saved it.',
  },
  OL1752: {
    message: 'The {layer} node (process {pid}) ended by itself: {how}',
    hint: 'Run `openledger devnet up`, which continues from the saved chains and reports what was lost. The last output of the node is in {log}.',
    exitCode: 5,
  },
  OL1753: {
    message: 'There is no snapshot {name}',
    hint: 'List the snapshots with `openledger devnet snapshot list`.',
  },
  OL1754: {
    message: 'The devnet (process {pid}) did not carry out the request to {order}: {reason}',
    hint: 'Look at `openledger devnet logs`; `openledger devnet down` ends the devnet in any case.',
  },
  OL1755: {
    message: 'A request can mine from 1 to 100000 blocks, not {blocks}',
    hint: 'Give a whole number in that range.',
    exitCode: 2,
  },
  OL1756: {
    message: '{name} cannot be the name of a snapshot',
    hint: 'Use at most 64 letters, digits, dots, dashes and underscores, beginning with a letter or digit.',
    exitCode: 2,
  },
  OL1757: {
    message: 'The keeper process did not start the devnet: {reason}',
    hint: 'Read its log: {log}',
  },
  OL1758: {
    message: 'The devnet ended: neither the new chains nor the old ones could be started: {reason}',
    hint: 'Run `openledger devnet up`, which continues from the saved chains.',
    exitCode: 5,
  },
  OL1759: {
    message: 'The devnet is already running, its {layer} at port {port} and not at {wanted}',
    hint: 'Leave the port out, or stop it first: `openledger devnet down`.',
  },
  OL1760: {
    message: '--follow and --json of `devnet logs` cannot be given together: a JSON document has an end',
    hint: 'Leave one of them out.',
    exitCode: 2,
  },
  OL1761: {
    message: 'A proven withdrawal can wait from 1 to 31536000 seconds (a year), not {seconds}',
    hint: 'Give a whole number of seconds in that range, or a length such as 30s or 7d.',
    exitCode: 2,
  },
  OL1763: {
    message: 'The devnet gave up: its state file {path} was removed, damaged, or replaced by that of another devnet',
    hint: 'Run `openledger devnet up`, which continues from the saved chains.',
    exitCode: 5,
  },
  OL1764: {
    message: 'The L1 and the L2 cannot both have port {port}',
    hint: 'Give two ports, or 0 for any free one.',
    exitCode: 2,
  },
  OL1765: {
    message: 'Port {port} cannot be used for the {layer}: {reason}',
    hint: 'Choose another port, above 1023 unless you are root, or 0 for any free one.',
  },
  OL1766: {
    message:
      'The {layer} does not accept {method}: its chain would begin again without the contracts and without the other layer',
    hint: 'Run `openledger devnet reset`, which starts both layers again with the contracts and the bridge.',
  },
  OL1767: {
    message:
      'The {layer} does not accept {method}: the state of another chain would overwrite this one, and the bridge would break',
    hint: 'Use `openledger devnet snapshot save` and `openledger devnet snapshot restore`, or evm_snapshot and evm_revert.',
  },
  OL1768: {
    message: 'The {layer} does not accept {method}: the bridge, the contracts and every signature name its chain id',
    hint: 'Leave the chain id as it is: 900 for the L1, 901 for the L2.',
  },
  OL1769: {
    message: 'The {layer} cannot undo {depth} of its {head} blocks: the contracts were created up to block {readyAt}',
    hint: 'Undo fewer blocks, or start both layers again with `openledger devnet reset`.',
  },
  OL1770: {
    message: 'The {layer} does not accept this request, which may name a method that replaces its chain: {reason}',
    hint: 'Write the request as an object, or a batch as a list of objects, with each key once and less nesting.',
  },
  OL1771: {
    message: 'The {layer} no longer holds the devnet ({reason}), so its chains are no longer saved',
    hint: 'Run `openledger devnet down`, then `openledger devnet up`, which continues from the chains saved before.',
    exitCode: 5,
  },
  OL1772: {
    message: 'The saved devnet {path} does not hold the contracts of openledger: {reason}',
    hint: 'Restore a snapshot with `openledger devnet snapshot restore`, or start again with `openledger devnet reset`.',
  },
  OL1762: {
    message:
      'Proven withdrawals wait {seconds} seconds on these chains, not {wanted}: the delay was fixed when the chains began',
    hint: 'Leave the delay out, or start again: `openledger devnet down`, `openledger devnet reset`, then `openledger devnet up` with the delay.',
  },
} as const satisfies ErrorTable
