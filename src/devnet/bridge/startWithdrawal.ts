import type { Address, Hash, LocalAccount } from 'viem'
import { getBalance } from 'viem/actions'
import { getWithdrawals } from 'viem/op-stack'
import { createChainClient } from '../../chain/client/createChainClient.js'
import { openOf } from '../../chain/client/openOf.js'
import { sendCall } from '../../chain/client/sendCall.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { l2ToL1MessagePasserAbi } from '../optimism/L2ToL1MessagePasser.abi.generated.js'
import { devnetNetworks } from '../state/devnetNetworks.js'
import type { DevnetState } from '../state/devnetState.js'
import { messagePasserAddress } from './predeploys.js'

export interface WithdrawalRequest {
  /** Account that pays with native OPEN on the L2, and pays for gas there. */
  readonly from: LocalAccount
  /** Account that receives OPEN on the L1. */
  readonly to: Address
  readonly amountWei: bigint
}

/**
 * Checks whether a withdrawal can be made, without making it.
 *
 * @throws OL1724 when the amount is zero, OL1725 when the account has too little
 * @throws OL1728 when the portal would never pay out to that address
 */
export async function checkWithdrawal(devnet: DevnetState, { from, to, amountWei }: WithdrawalRequest): Promise<void> {
  if (amountWei === 0n) throw new OpenLedgerError('OL1724', {})
  const { Open, OptimismPortal } = devnet.addresses
  const barred = [Open, OptimismPortal].find((address) => address.toLowerCase() === to.toLowerCase())
  if (barred !== undefined) throw new OpenLedgerError('OL1728', { to: barred })
  const client = createChainClient({ network: devnetNetworks(devnet).l2 })
  const balance = await getBalance(client, { address: from.address })
  if (balance < amountWei) {
    throw new OpenLedgerError('OL1725', {
      account: from.address,
      layer: 'L2',
      balance: openOf(balance),
      amount: openOf(amountWei),
    })
  }
}

/**
 * Starts a withdrawal of OPEN from the L2, the first of three steps; see `proveWithdrawal` and `finalizeWithdrawal`.
 *
 * @returns the L2 transaction, by which the other steps find the withdrawal
 * @throws OL1724, OL1725, OL1728 like {@link checkWithdrawal}
 * @example
 * const { hash } = await startWithdrawal(devnet, { from: devAccounts().user, to: '0x…', amountWei: parseEther('5') })
 */
export async function startWithdrawal(
  devnet: DevnetState,
  request: WithdrawalRequest,
): Promise<{ hash: Hash; withdrawalHash: Hash }> {
  await checkWithdrawal(devnet, request)
  const client = createChainClient({ network: devnetNetworks(devnet).l2, account: request.from })
  const receipt = await sendCall(client, {
    contract: 'L2ToL1MessagePasser',
    address: messagePasserAddress,
    abi: l2ToL1MessagePasserAbi,
    functionName: 'initiateWithdrawal',
    // The gas is for a call of the recipient on the L1, which does not happen without data.
    args: [request.to, 21_000n, '0x'],
    value: request.amountWei,
  })
  const [withdrawal] = getWithdrawals(receipt)
  const hash = receipt.transactionHash
  if (withdrawal === undefined) throw new OpenLedgerError('OL1729', { hash })
  return { hash, withdrawalHash: withdrawal.withdrawalHash }
}
