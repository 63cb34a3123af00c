import { type Command, declareCommand } from '../declareCommand.js'
import { amount, hash32, path, text } from '../options.js'

const whose = text({ help: 'Address or account to use instead of your own', placeholder: 'account' })

/** `openledger inference …`. */
export const inferenceCommands: readonly Command[] = [
  declareCommand(
    {
      noun: 'inference',
      verb: 'deposit',
      summary: 'Deposit OPEN that covers vouchers',
      details:
        'Vouchers can take only what is deposited. On the devnet the account `user` deposits unless --account names another.',
      arguments: { amount: amount({ required: true, help: 'OPEN to add to the deposit' }) },
      options: { for: whose },
      examples: [
        ['inference deposit 10 --yes', 'Deposit as user on the devnet'],
        ['inference deposit 10 --for mara', 'Deposit for another account'],
      ],
      dryRun: true,
    },
    () => import('../../commands/inference/deposit.js'),
  ),
  declareCommand(
    {
      noun: 'inference',
      verb: 'balance',
      summary: 'Show a deposit, and how much of it vouchers can take',
      arguments: {},
      options: { for: whose },
      examples: [['inference balance --for 0x…', 'Check a payer’s deposit before answering']],
    },
    () => import('../../commands/inference/balance.js'),
  ),
  declareCommand(
    {
      noun: 'inference',
      verb: 'withdraw',
      summary: 'Start the withdrawal of a deposit, or collect it',
      details:
        'With --amount the withdrawal delay begins: a day, unless governance has changed it. Until it is over, vouchers can take the whole deposit. Another request replaces the first and starts the delay again; --amount 0 cancels it. Without --amount the command collects what was requested.',
      arguments: {},
      options: { amount: amount({ help: 'OPEN to withdraw' }) },
      examples: [
        ['inference withdraw --amount 4 --yes', 'Start the delay'],
        ['inference withdraw --yes', 'Collect what was requested'],
      ],
      dryRun: true,
    },
    () => import('../../commands/inference/withdraw.js'),
  ),
  declareCommand(
    {
      noun: 'inference',
      verb: 'voucher create',
      summary: 'Sign a voucher for all that you owe a model',
      details:
        'A line of --inferences is {"inferenceId","feeWei"}, or {"inferenceId","inputTokens","outputTokens"}, which gets the price on chain. The voucher (EIP-712) continues your last one: that of the workspace, of --after, or the last one redeemed. The command refuses to sign when your deposit does not cover all vouchers that you have signed here. Anybody can redeem a voucher at once, and you cannot withdraw it.',
      arguments: { model: hash32({ required: true, help: 'Id of the model' }) },
      options: {
        inferences: path({ required: true, help: 'JSON Lines file of the inferences, in the order of the answers' }),
        after: path({ help: 'File of the previous voucher, if it is neither in this workspace nor redeemed' }),
        output: path({ help: 'File to write; a workspace also notes the voucher' }),
      },
      examples: [
        ['inference voucher create 0x… --inferences served.jsonl --output voucher.json', 'Pay for served inferences'],
      ],
      dryRun: true,
    },
    () => import('../../commands/inference/voucherCreate.js'),
  ),
  declareCommand(
    {
      noun: 'inference',
      verb: 'voucher redeem',
      summary: 'Redeem vouchers from their payers’ deposits',
      details:
        'Any account may redeem; the money goes where a payment for the model goes. Without a file the command redeems, of each payer and model, the newest noted voucher that the deposit covers. The paid inferences become part of the next epoch.',
      arguments: { file: path({ help: 'File of a voucher', defaultText: 'those of the workspace' }) },
      options: {},
      examples: [
        ['inference voucher redeem voucher.json --yes', 'Redeem a voucher from a payer'],
        ['inference voucher redeem --dry-run', 'Show what the vouchers of this workspace would pay'],
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
        'An open voucher can be redeemed. An uncovered one exceeds the deposit. A passed one is older than a redeemed voucher. A forged one is not signed by its payer. A provider should rely on no more than the payer’s `spendableWei`.',
      arguments: { file: path({ help: 'File of a voucher', defaultText: 'those of the workspace' }) },
      options: {},
      examples: [['inference voucher show voucher.json', 'Check a voucher before answering']],
    },
    () => import('../../commands/inference/voucherShow.js'),
  ),
]
