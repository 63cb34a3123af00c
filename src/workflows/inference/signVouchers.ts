import type { Hex } from 'viem'
import { getDeposit } from '../../chain/actions/inference/getDeposit.js'
import { getRedeemed } from '../../chain/actions/inference/getRedeemed.js'
import { verifyVoucher } from '../../chain/actions/inference/verifyVoucher.js'
import { findEvents } from '../../chain/client/findEvents.js'
import { openOf } from '../../chain/client/openOf.js'
import { inferenceEscrowAbi } from '../../chain/contracts/InferenceEscrow.abi.generated.js'
import { signVoucher } from '../../chain/values/voucher.js'
import type { WorkspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { lowerHex } from '../../files/hex.js'
import {
  noVoucher,
  signedVoucherOf,
  stateAfter,
  type VoucherFile,
  type VoucherState,
} from '../../rewards/voucherFile.js'
import type { Connection } from '../network/openConnection.js'
import { noteVoucher, readVouchers } from './vouchers.js'

/** The devnet's account that signs by default. */
const payerRole = 'user'

export interface PrepareVoucherParameters {
  readonly modelId: Hex
  /** What it is to pay for, in the order in which they were answered. */
  readonly inferences: VoucherFile['inferences']
  /** Vouchers that the payer has signed before; what was redeemed is found on the chain. */
  readonly known: readonly VoucherFile[]
}

/** A voucher that is not signed yet. */
export interface PreparedVoucher {
  readonly unsigned: Omit<VoucherFile, 'signature'>
  /** What is new in it. */
  readonly feeWei: bigint
  /** What all known vouchers of the payer can take when this one is signed too, for this and other models. */
  readonly owedWei: bigint
  /** What the payer's deposit has for vouchers. */
  readonly spendableWei: bigint
}

/**
 * Makes the next voucher of the signer for a model: it owes what its last one owes, and the fees of some more inferences.
 *
 * @throws OL1662 when the deposit does not cover what the payer would owe
 * @throws OL1663 when the fees sum to nothing, OL1802 when an inference is there twice, or under a known voucher
 */
export async function prepareVoucher(
  connection: Connection,
  { modelId, inferences, known }: PrepareVoucherParameters,
): Promise<PreparedVoucher> {
  const payer = lowerHex(connection.as(payerRole).account.address)
  const own = await signedBy(connection, payer, known)
  const seen = new Set(own.flatMap((file) => file.inferences.map(({ inferenceId }) => inferenceId)))
  for (const { inferenceId } of inferences) {
    if (seen.has(inferenceId))
      throw new OpenLedgerError('OL1802', {
        inferenceId,
        where: 'this voucher or an earlier one of the payer names it',
      })
    seen.add(inferenceId)
  }
  const address = connection.address('InferenceEscrow')
  const { state, redeemedWei } = await stateOf(connection, payer, modelId, own)
  const next = stateAfter(inferences, state)
  const feeWei = BigInt(next.cumulativeWei) - BigInt(state.cumulativeWei)
  if (feeWei === 0n) throw new OpenLedgerError('OL1663', { count: inferences.length })
  let owedWei = BigInt(next.cumulativeWei) - redeemedWei
  const others = new Set(own.map(({ voucher }) => voucher.modelId).filter((each) => each !== modelId))
  for (const other of others) {
    const found = await stateOf(connection, payer, other, own)
    owedWei += BigInt(found.state.cumulativeWei) - found.redeemedWei
  }
  const { spendableWei } = await getDeposit(connection.client, { account: payer })
  if (owedWei > spendableWei) {
    const [spendable, owed, missing] = [openOf(spendableWei), openOf(owedWei), openOf(owedWei - spendableWei)]
    const names = { account: payer, network: connection.network.name, spendable, owed, missing }
    throw new OpenLedgerError('OL1662', names)
  }
  const unsigned = {
    version: 1,
    chainId: connection.network.chain.id,
    escrow: lowerHex(address),
    voucher: { payer, modelId, ...next },
    previous: state,
    inferences,
  } as const
  return { unsigned, feeWei, owedWei, spendableWei }
}

/**
 * The vouchers that a payer really signed: one that continued from a forged voucher would promise what that says.
 *
 * @param known from anywhere
 */
async function signedBy(connection: Connection, payer: Hex, known: readonly VoucherFile[]): Promise<VoucherFile[]> {
  const named = known.filter(({ voucher }) => voucher.payer === payer)
  const signed = await Promise.all(named.map((file) => verifyVoucher(connection.client, signedVoucherOf(file))))
  return named.filter((_, i) => signed[i])
}

/**
 * Checks that the signer can continue from a voucher that it names.
 *
 * @throws OL1669 when it is another payer's, for another model, or not signed by its payer
 */
export async function requireOwn(
  connection: Connection,
  modelId: Hex,
  file: VoucherFile,
  path: string,
): Promise<VoucherFile> {
  const payer = lowerHex(connection.as(payerRole).account.address)
  const refuse = (reason: string): never => {
    throw new OpenLedgerError('OL1669', { path, reason })
  }
  if (file.voucher.payer !== payer) refuse(`its payer is ${file.voucher.payer}, who signs is ${payer}`)
  if (file.voucher.modelId !== modelId) refuse(`it is for the model ${file.voucher.modelId}`)
  if ((await signedBy(connection, payer, [file])).length === 0) refuse('its payer did not sign it')
  return file
}

/** Signs a prepared voucher, as its payer. */
export async function signPrepared(connection: Connection, { unsigned }: PreparedVoucher): Promise<VoucherFile> {
  const { voucher } = unsigned
  const { signature } = await signVoucher(connection.as(payerRole).account, {
    chainId: unsigned.chainId,
    escrow: connection.address('InferenceEscrow'),
    voucher: { ...voucher, cumulativeWei: BigInt(voucher.cumulativeWei) },
  })
  return { ...unsigned, signature: lowerHex(signature) }
}

/** A payer's running total and hash-chain head for a model: of its newest voucher, or with the one that was redeemed after that. */
async function stateOf(
  connection: Connection,
  payer: Hex,
  modelId: Hex,
  known: readonly VoucherFile[],
): Promise<{ readonly state: VoucherState; readonly redeemedWei: bigint }> {
  const redeemedWei = await getRedeemed(connection.client, { payer, modelId })
  const newest = known
    .filter(({ voucher }) => voucher.modelId === modelId)
    .reduce<VoucherState>(
      (best, { voucher: { cumulativeWei, inferences } }) =>
        BigInt(cumulativeWei) > BigInt(best.cumulativeWei) ? { cumulativeWei, inferences } : best,
      noVoucher,
    )
  if (BigInt(newest.cumulativeWei) >= redeemedWei) return { state: newest, redeemedWei }
  const redemptions = await findEvents(connection.client, connection.network, {
    contract: 'InferenceEscrow',
    abi: inferenceEscrowAbi,
    eventName: 'VoucherRedeemed',
    args: { modelId, payer },
    newestOnly: true,
  })
  const last = redemptions.find(({ args }) => args.cumulative === redeemedWei)
  if (last === undefined)
    throw new OpenLedgerError('OL1666', { account: payer, modelId, redeemed: openOf(redeemedWei) })
  return { state: { cumulativeWei: String(redeemedWei), inferences: last.args.inferences }, redeemedWei }
}

export interface NotedVoucher {
  readonly file: VoucherFile
  readonly path: string
}

/**
 * Signs a voucher and notes it in the workspace. Where another run has signed one for the same payer and model meanwhile, this
 * one continues from that.
 *
 * @param others vouchers that are known beside those of the workspace
 */
export async function signNoted(
  connection: Connection,
  paths: WorkspacePaths,
  prepared: PreparedVoucher,
  others: readonly VoucherFile[],
): Promise<NotedVoucher> {
  let voucher = prepared
  for (;;) {
    const file = await signPrepared(connection, voucher)
    const path = await noteVoucher(paths, file)
    if (path !== undefined) return { file, path }
    const { modelId } = file.voucher
    // The next voucher must not continue the same one, so that this one is noted first.
    const known = [...(await readVouchers(paths, connection)), ...others]
    const next = await prepareVoucher(connection, { modelId, inferences: file.inferences, known })
    if (next.unsigned.previous.inferences === voucher.unsigned.previous.inferences)
      throw new OpenLedgerError('OL1669', {
        path: paths.attribution,
        reason: 'one that its payer did not sign is in its place',
      })
    voucher = next
  }
}
