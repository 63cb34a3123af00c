import type { Hex } from 'viem'
import { getDeposit } from '../../chain/actions/inference/getDeposit.js'
import { getRedeemed } from '../../chain/actions/inference/getRedeemed.js'
import { getRedemption } from '../../chain/actions/inference/getRedemption.js'
import { verifyVoucher } from '../../chain/actions/inference/verifyVoucher.js'
import { signedVoucherOf, type VoucherFile, voucherFileId } from '../../rewards/voucherFile.js'
import type { Connection } from '../network/openConnection.js'

/**
 * What can be done with a voucher: `open` can be redeemed; `uncovered` is above the deposit; `passed` is below what was
 * redeemed by a newer one; `forged` was not signed by its payer.
 */
export type VoucherStatus = 'open' | 'uncovered' | 'redeemed' | 'passed' | 'forged'

export interface VoucherStanding {
  readonly file: VoucherFile
  readonly voucherId: Hex
  readonly status: VoucherStatus
  /** What redeeming it would move now. */
  readonly newWei: bigint
  /** What the payer's deposit holds. */
  readonly balanceWei: bigint
  /** What of that vouchers can count on: the payer has asked the rest back. */
  readonly spendableWei: bigint
}

/** Holds a voucher against the chain. */
export async function voucherStanding(connection: Connection, file: VoucherFile): Promise<VoucherStanding> {
  const { voucher, signature } = signedVoucherOf(file)
  const { payer, modelId, cumulativeWei } = voucher
  const [redeemedWei, { balanceWei, spendableWei }, redemption, signed] = await Promise.all([
    getRedeemed(connection.client, { payer, modelId }),
    getDeposit(connection.client, { account: payer }),
    getRedemption(connection.client, { voucher }),
    verifyVoucher(connection.client, { voucher, signature }),
  ])
  const newWei = cumulativeWei > redeemedWei ? cumulativeWei - redeemedWei : 0n
  const status =
    redemption !== undefined
      ? 'redeemed'
      : !signed
        ? 'forged'
        : newWei === 0n
          ? 'passed'
          : newWei > balanceWei
            ? 'uncovered'
            : 'open'
  return { file, voucherId: voucherFileId(file), status, newWei, balanceWei, spendableWei }
}

/**
 * Of some vouchers those that together redeem the most: of each payer and model the newest that the payer's deposit still
 * covers. An older one is contained in it.
 */
export function chooseRedeemable(standings: readonly VoucherStanding[]): VoucherStanding[] {
  const left = new Map<string, bigint>()
  const done = new Set<string>()
  const chosen: VoucherStanding[] = []
  const newestFirst = [...standings].sort((a, b) => (a.newWei > b.newWei ? -1 : 1))
  for (const standing of newestFirst) {
    const { payer, modelId } = standing.file.voucher
    const pair = `${payer} ${modelId}`
    const balance = left.get(payer) ?? standing.balanceWei
    if (standing.status !== 'open' || done.has(pair) || standing.newWei > balance) continue
    done.add(pair)
    left.set(payer, balance - standing.newWei)
    chosen.push(standing)
  }
  return chosen
}
