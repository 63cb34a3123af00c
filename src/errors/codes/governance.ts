import type { ErrorRange, ErrorTable } from '../ErrorDescriptor.js'

export const governanceRange: ErrorRange = { title: 'Proposals and votes', codes: [[1680, 1689]] }

export const governanceErrors = {
  OL1680: {
    message: '{path} is not a proposal: {reason}',
    hint: 'Give "description" and "calls", each with "contract", "function" and "args", or with "target" and "data"; or "targets", "values", "calldatas" and "description" in the form that governor contracts take.',
    exitCode: 2,
  },
  OL1681: {
    message: 'Call {number} of {path} cannot be made: {reason}',
    hint: 'Compare it with the functions of {contract} in contracts/src; write whole numbers above 2^53 as strings.',
    exitCode: 2,
  },
  OL1682: {
    message: '{text} is not a proposal',
    hint: 'Give the number of a proposal, as `openledger gov status` lists it, or its id.',
    exitCode: 2,
  },
  OL1683: {
    message: 'There is no proposal {number} on {network}, which has {count}',
    hint: 'List them with `openledger gov status`.',
    exitCode: 2,
  },
  OL1684: {
    message: 'The clock of {network} cannot be moved',
    hint: 'Leave out --warp, and run the command again at the time that `openledger gov status` shows.',
    exitCode: 2,
  },
  OL1685: {
    message: 'Proposal {proposal} is {state}: it has already been {done}',
    hint: 'See `openledger gov status {proposal}`.',
    exitCode: 0,
  },
  OL1686: {
    message: 'Proposal {proposal} is {state} until {until}: it cannot be {done} before',
    hint: 'Run the command again then; on the devnet add --warp to move its clock.',
    exitCode: 7,
  },
} as const satisfies ErrorTable
