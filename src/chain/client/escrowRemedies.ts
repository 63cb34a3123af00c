import { mismatch, nothingLeft, notPermitted, refused, tooEarlyUntil, wrongDeployment } from './remedy.js'

/** The remedy for each custom error of the InferenceEscrow. */
export const escrowRemedies = {
  InferenceEscrow__ZeroAddress: wrongDeployment,
  InferenceEscrow__NotGovernance: notPermitted(
    'Only governance may do this, by a proposal that was voted in (`openledger gov propose`), and not {caller}.',
  ),
  InferenceEscrow__WrongSplit: refused(
    'Give five parts that sum to 10000 hundredths of a percent, at least 5000 to contributors and at most 2000 to the treasury.',
  ),
  InferenceEscrow__PlatformFeeTooHigh: refused('Choose a platform fee of at most {max} wei.'),
  InferenceEscrow__DelayOutOfRange: refused('Choose a delay from {min} to {max} seconds.'),
  InferenceEscrow__NothingDue: nothingLeft('Nothing is due: it was sent on already, or no inference was paid since.'),
  InferenceEscrow__WrongPayment: refused(
    'The price has changed: ask for a new quote ({quoted} wei now) and pay exactly that.',
  ),
  InferenceEscrow__AlreadyPaid: refused(
    'This inference is paid for; a new inference needs a new nonce, which gives it a new id.',
  ),
  InferenceEscrow__NothingDeposited: refused('Send an amount above zero.'),
  InferenceEscrow__AboveDeposit: refused(
    'The deposit of {account} holds {balance} wei: deposit more, or name a smaller amount or an earlier voucher.',
  ),
  InferenceEscrow__NoWithdrawal: nothingLeft('Ask for a withdrawal first; vouchers may have taken what was asked for.'),
  InferenceEscrow__WithdrawalTooEarly: tooEarlyUntil('availableAt'),
  InferenceEscrow__NothingNew: nothingLeft('{redeemed} wei of its vouchers are redeemed already: use a newer voucher.'),
  InferenceEscrow__WrongSignature: mismatch(
    '{payer} did not sign this voucher for this chain and this escrow: ask it for another one.',
  ),
  InferenceEscrow__LengthMismatch: refused('Give as many signatures as vouchers.'),
  InferenceEscrow__NothingRedeemed: refused(
    'No voucher of the batch is new, signed by its payer and covered by its deposit.',
  ),
} as const
