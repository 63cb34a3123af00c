import { devAccountNames } from '../../devnet/state/devAccountNames.js'
import { type Command, declareCommand } from '../declareCommand.js'
import { amount, choice, flag, text } from '../options.js'

const transaction = text({
  required: true,
  help: 'Hash of the withdrawal’s transaction on the L2',
  placeholder: 'hash',
})
const by = choice(devAccountNames, { help: 'Devnet account that pays the gas; any account may', default: 'relayer' })
const to = text({
  help: 'Receiver: a devnet account or an address',
  defaultText: 'the sender',
  placeholder: 'account',
})

/** `openledger devnet bridge …`. */
export const bridgeCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'devnet',
      verb: 'bridge deposit',
      summary: 'Move OPEN from the L1 to the L2, where it pays for gas',
      details:
        'The command approves the portal, calls its depositERC20Transaction, and waits until the OPEN has arrived.',
      arguments: { amount: amount({ required: true, help: 'OPEN, such as 12.5' }) },
      options: { from: choice(devAccountNames, { help: 'Devnet account that deposits', default: 'user' }), to },
      examples: [
        ['devnet bridge deposit 12.5', 'Move 12.5 OPEN of user from the L1 to the L2'],
        [
          'devnet bridge deposit 1 --from mara --to 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --yes',
          'Deposit for another address',
        ],
      ],
      dryRun: true,
    },
    () => import('../../commands/devnet/bridgeDeposit.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'bridge withdraw',
      summary: 'Start a withdrawal of OPEN from the L2 to the L1',
      details: 'This is the first of three steps, before prove and finalize. --fast-forward takes all three.',
      arguments: { amount: amount({ required: true, help: 'OPEN, such as 12.5' }) },
      options: {
        from: choice(devAccountNames, { help: 'Devnet account that withdraws', default: 'user' }),
        to,
        fastForward: flag({
          help: 'Also prove the withdrawal, move the clocks of both layers past the delay, and finalize it',
        }),
      },
      examples: [
        ['devnet bridge withdraw 3', 'Take the first step'],
        ['devnet bridge withdraw 3 --to zed --fast-forward --yes', 'Take all steps without a question'],
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
      details:
        'The command waits for the output of the withdrawal’s block and proves the withdrawal by a Merkle proof. The delay begins then.',
      arguments: { transaction },
      options: { by },
      examples: [['devnet bridge prove 0x…', 'Prove the withdrawal whose hash `devnet bridge withdraw` printed']],
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
        ['devnet bridge finalize 0x…', 'Pay out after the delay'],
        ['devnet bridge finalize 0x… --warp', 'Pay out now'],
      ],
      dryRun: true,
    },
    () => import('../../commands/devnet/bridgeFinalize.js'),
  ),
  declareCommand(
    {
      noun: 'devnet',
      verb: 'bridge status',
      summary: 'Show the locked OPEN, the progress of both layers, and the withdrawals',
      arguments: {
        transaction: text({ help: 'Show only the withdrawals of this L2 transaction', placeholder: 'hash' }),
      },
      options: {},
      examples: [['devnet bridge status', 'Show all withdrawals and what they wait for']],
    },
    () => import('../../commands/devnet/bridgeStatus.js'),
  ),
]
