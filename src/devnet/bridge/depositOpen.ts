import { setTimeout as sleep } from 'node:timers/promises'
import { type Address, BaseError, type Hash, type LocalAccount, TransactionReceiptNotFoundError } from 'viem'
import { getTransactionReceipt, readContract } from 'viem/actions'
import { getL2TransactionHashes } from 'viem/op-stack'
import type { ReadClient } from '../../chain/client/ChainClient.js'
import { createChainClient } from '../../chain/client/createChainClient.js'
import { openOf } from '../../chain/client/openOf.js'
import { sendCall } from '../../chain/client/sendCall.js'
import { openAbi } from '../../chain/contracts/Open.abi.generated.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { optimismPortalAbi } from '../optimism/OptimismPortal.abi.generated.js'
import { devnetNetworks } from '../state/devnetNetworks.js'
import type { DevnetState } from '../state/devnetState.js'

export interface Deposit {
  /** Account that pays with OPEN on the L1, and pays for gas there. */
  readonly from: LocalAccount
  /** Account that receives native OPEN on the L2. */
  readonly to: Address
  readonly amountWei: bigint
}

/** Gas that the deposit may use on the L2: for a transfer, and for the code of a receiving contract. */
const l2Gas = 100_000n

/** Milliseconds that the deposit may take from the L1 to the L2. */
const patience = 15_000

/**
 * Checks whether a deposit can be made, without making it.
 *
 * @throws OL1724 when the amount is zero, OL1725 when the account has too little
 */
export async function checkDeposit(devnet: DevnetState, { from, amountWei }: Deposit): Promise<void> {
  if (amountWei === 0n) throw new OpenLedgerError('OL1724', {})
  const client = createChainClient({ network: devnetNetworks(devnet).l1 })
  const { Open } = devnet.addresses
  const args = [from.address] as const
  const balance = await readContract(client, { address: Open, abi: openAbi, functionName: 'balanceOf', args })
  if (balance < amountWei) {
    throw new OpenLedgerError('OL1725', {
      account: from.address,
      layer: 'L1',
      balance: openOf(balance),
      amount: openOf(amountWei),
    })
  }
}

/**
 * Moves OPEN from the L1 to the L2 like any client: it approves the portal, calls its `depositERC20Transaction`, and waits
 * until the OPEN has arrived.
 *
 * @throws OL1724, OL1725 like {@link checkDeposit}
 * @throws OL1726 when the OPEN does not arrive in time, OL1727 when the recipient refuses it
 * @example
 * await depositOpen(devnet, { from: devAccounts().user, to: '0x…', amountWei: parseEther('5') })
 */
export async function depositOpen(devnet: DevnetState, deposit: Deposit): Promise<{ l1Hash: Hash; l2Hash: Hash }> {
  await checkDeposit(devnet, deposit)
  const { l1, l2 } = devnetNetworks(devnet)
  const { from, to, amountWei } = deposit
  const { Open, OptimismPortal } = devnet.addresses
  const client = createChainClient({ network: l1, account: from })
  const approval = { contract: 'Open', address: Open, abi: openAbi, functionName: 'approve' } as const
  await sendCall(client, { ...approval, args: [OptimismPortal, amountWei] })
  const receipt = await sendCall(client, {
    contract: 'OptimismPortal',
    address: OptimismPortal,
    abi: optimismPortalAbi,
    functionName: 'depositERC20Transaction',
    args: [to, amountWei, amountWei, l2Gas, false, '0x'],
  })
  const l1Hash = receipt.transactionHash
  const [l2Hash] = getL2TransactionHashes(receipt)
  if (l2Hash === undefined) throw new OpenLedgerError('OL1726', { hash: l1Hash, seconds: 0 })
  const status = await arrival(createChainClient({ network: l2 }), l2Hash)
  if (status === undefined) throw new OpenLedgerError('OL1726', { hash: l1Hash, seconds: patience / 1_000 })
  if (status === 'reverted') throw new OpenLedgerError('OL1727', { to, from: from.address, hash: l2Hash })
  return { l1Hash, l2Hash }
}

/** Status of the deposit on the L2; `undefined` when it does not arrive in time. */
async function arrival(client: ReadClient, hash: Hash): Promise<'success' | 'reverted' | undefined> {
  const deadline = performance.now() + patience
  while (performance.now() < deadline) {
    try {
      return (await getTransactionReceipt(client, { hash })).status
    } catch (cause) {
      if (!(cause instanceof BaseError && cause.walk((one) => one instanceof TransactionReceiptNotFoundError)))
        throw cause
    }
    await sleep(20)
  }
  return undefined
}
