import { type Command, declareCommand } from '../declareCommand.js'
import { amount, hash32, path, text } from '../options.js'

const whose = text({ help: 'This address or account instead of your own', placeholder: 'who' })

/** `openledger inference …`. */
export const inferenceCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'inference',
      verb: 'deposit',
      summary: 'Put OPEN aside for vouchers',
      details:
        'Vouchers take nothing but what is deposited. On the devnet the account `user` deposits unless --account names another.',
      arguments: { amount: amount({ required: true, help: 'OPEN to add to the deposit' }) },
      options: { for: whose },
      examples: [
        ['inference deposit 10 --yes', 'On the devnet, as user'],
        ['inference deposit 10 --for mara', 'Pay it in for somebody else'],
      ],
      dryRun: true,
    },
    () => import('../../commands/inference/deposit.js'),
  ),
  declareCommand(
    {
      noun: 'inference',
      verb: 'balance',
      summary: 'Show a deposit, and what of it vouchers can take',
      arguments: {},
      options: { for: whose },
      examples: [['inference balance --for 0x…', 'What a provider should look at before it answers']],
    },
    () => import('../../commands/inference/balance.js'),
  ),
  declareCommand(
    {
      noun: 'inference',
      verb: 'withdraw',
      summary: 'Ask for the deposit back, or collect what was asked for',
      details:
        'With --amount it starts the withdrawal delay, a day unless governance has changed it; vouchers are redeemed against the whole deposit until it is over. Another request takes the place of the first and starts anew, --amount 0 takes it back. Without --amount it collects.',
      arguments: {},
      options: { amount: amount({ help: 'OPEN to ask for' }) },
      examples: [
        ['inference withdraw --amount 4 --yes', 'Start the delay'],
        ['inference withdraw --yes', 'Collect what was asked for'],
      ],
      dryRun: true,
    },
    () => import('../../commands/inference/withdraw.js'),
  ),
  declareCommand(
    {
      noun: 'inference',
      verb: 'voucher create',
      summary: 'Sign a voucher: what you owe a model in all, for which inferences',
      details:
        'A line of --inferences is {"inferenceId","feeWei"}, or {"inferenceId","inputTokens","outputTokens"}, which is priced as the chain has it. The voucher (EIP-712) goes on from your last one: that of the workspace, of --after, or the last that was redeemed. It is refused when your deposit does not cover all that you have signed here. It can be redeemed at once, by anybody, and not be taken back.',
      arguments: { model: hash32({ required: true, help: 'Id of the model' }) },
      options: {
        inferences: path({ required: true, help: 'JSON Lines file of what was answered, in its order' }),
        after: path({ help: 'File of the voucher before, where it is neither in this workspace nor redeemed' }),
        output: path({ help: 'File to write it to; it is noted in the workspace, if there is one, too' }),
      },
      examples: [
        ['inference voucher create 0x… --inferences served.jsonl --output voucher.json', 'Pay for what was served'],
      ],
      dryRun: true,
    },
    () => import('../../commands/inference/voucherCreate.js'),
  ),
  declareCommand(
    {
      noun: 'inference',
      verb: 'voucher redeem',
      summary: 'Take what vouchers promise out of their payers’ deposits',
      details:
        'Anybody may; the money goes where a payment for the model goes. Without a file it redeems what the workspace has noted: of each payer and model the newest voucher that the deposit covers. What a voucher paid for then becomes part of the next epoch.',
      arguments: { file: path({ help: 'File of a voucher; those of the workspace unless given' }) },
      options: {},
      examples: [
        ['inference voucher redeem voucher.json --yes', 'One that a payer has handed over'],
        ['inference voucher redeem --dry-run', 'What the vouchers of this workspace would pay'],
      ],
      dryRun: true,
    },
    () => import('../../commands/inference/voucherRedeem.js'),
  ),
  declareCommand(
    {
      noun: 'inference',
      verb: 'voucher show',
      summary: 'Show vouchers, and whether they can be redeemed',
      details:
        'open: can be redeemed. uncovered: above the deposit. passed: below what a newer one has redeemed. forged: not signed by its payer. A provider should count on no more than `spendableWei` of the payer.',
      arguments: { file: path({ help: 'File of a voucher; those of the workspace unless given' }) },
      options: {},
      examples: [['inference voucher show voucher.json', 'Before it is taken for an answer']],
    },
    () => import('../../commands/inference/voucherShow.js'),
  ),
]
