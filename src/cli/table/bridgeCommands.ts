import { devAccountNames } from '../../devnet/state/devAccountNames.js'
import { type Command, declareCommand } from '../declareCommand.js'
import { amount, choice, flag, text } from '../options.js'

const transaction = text({
  required: true,
  help: 'Hash of the withdrawal’s transaction on the L2',
  placeholder: 'hash',
})
const by = choice(devAccountNames, { help: 'Account of the devnet that pays the gas; anybody may', default: 'relayer' })
const to = text({
  help: 'Who receives it: an account’s name or an address; the sender unless given',
  placeholder: 'account',
})

/** `openledger devnet bridge …`. */
export const bridgeCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'devnet',
      verb: 'bridge deposit',
      summary: 'Bring OPEN from the L1 to the L2, where it pays for gas',
      details: 'Approves the portal and calls its depositERC20Transaction. Waits until it has arrived.',
      arguments: { amount: amount({ required: true, help: 'OPEN, such as 12.5' }) },
      options: { from: choice(devAccountNames, { help: 'Account of the devnet that deposits', default: 'user' }), to },
      examples: [
        ['devnet bridge deposit 12.5', 'Of user on the L1 to user on the L2'],
        ['devnet bridge deposit 1 --from mara --to 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --yes', 'To an address'],
      ],
      dryRun: true,
    },
    () => import('../../commands/devnet/bridgeDeposit.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'bridge withdraw',
      summary: 'Take OPEN off the L2, on its way to the L1',
      details: 'The first of three steps: prove and finalize come after it. --fast-forward takes all three.',
      arguments: { amount: amount({ required: true, help: 'OPEN, such as 12.5' }) },
      options: {
        from: choice(devAccountNames, { help: 'Account of the devnet that withdraws', default: 'user' }),
        to,
        fastForward: flag({ help: 'Also prove it, move the clocks of both layers past the delay, and finalize it' }),
      },
      examples: [
        ['devnet bridge withdraw 3', 'The first step'],
        ['devnet bridge withdraw 3 --to zed --fast-forward --yes', 'All the way, without asking'],
      ],
      dryRun: true,
    },
    () => import('../../commands/devnet/bridgeWithdraw.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'bridge prove',
      summary: 'Prove on the L1 that a withdrawal was made on the L2',
      details: 'By a Merkle proof against the output of its block, which is waited for. The delay begins then.',
      arguments: { transaction },
      options: { by },
      examples: [['devnet bridge prove 0x…', 'The hash that `devnet bridge withdraw` printed']],
      dryRun: true,
    },
    () => import('../../commands/devnet/bridgeProve.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'bridge finalize',
      summary: 'Pay a proven withdrawal out on the L1',
      arguments: { transaction },
      options: { by, warp: flag({ help: 'Move the clocks of both layers past the delay' }) },
      examples: [
        ['devnet bridge finalize 0x…', 'When the delay is over'],
        ['devnet bridge finalize 0x… --warp', 'At once'],
      ],
      dryRun: true,
    },
    () => import('../../commands/devnet/bridgeFinalize.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'bridge status',
      summary: 'Show what is locked, how far both layers are, and the withdrawals',
      arguments: { transaction: text({ help: 'Only the withdrawals of this L2 transaction', placeholder: 'hash' }) },
      options: {},
      examples: [['devnet bridge status', 'All withdrawals and what they wait for']],
    },
    () => import('../../commands/devnet/bridgeStatus.js'),
  ),
]
