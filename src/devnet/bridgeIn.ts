import { type Address, decodeEventLog, encodeFunctionData, type Hex, parseEther } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { getSourceHash, serializeTransaction } from 'viem/op-stack'
import { openAbi } from '../chain/contracts/Open.generated.js'
import type { LayerSetUp, SetUpReceipt } from './LayerSetUp.js'

/** What every dev account receives as ERC-20 on the L1, and how much of it is locked there to circulate on the L2. */
export const devGrant = parseEther('1000000')
export const devDeposit = parseEther('100000')

/**
 * Where OPEN rests on the L1 while it circulates on the L2: the last twenty bytes of keccak256("openledger devnet lock"),
 * an address whose key nobody knows. There is no way back from it; withdrawals come with the real bridge.
 */
export const openLock: Address = '0x532799D79C97fE3CB0F2ab80da00C5C52c96CA30'

/**
 * Gives each account native OPEN on the L2: the account locks tokens on the L1, and each `Transfer` that the L1 logged
 * becomes one deposit transaction (type 0x7E) on the L2, which mints the same amount to the same account. The source hash
 * names the L1 log, as on any OP chain.
 */
export async function bridgeIn(
  l1: LayerSetUp,
  l2: LayerSetUp,
  open: Address,
  accounts: readonly PrivateKeyAccount[],
): Promise<void> {
  const data = encodeFunctionData({ abi: openAbi, functionName: 'transfer', args: [openLock, devDeposit] })
  const locked = await l1.mine(
    accounts.map((from) => ({ step: `locking the OPEN of ${from.address}`, from, to: open, data })),
  )
  await l2.mine(locked.map((receipt) => ({ step: 'minting locked OPEN', ...depositOf(receipt, open) })))
}

function depositOf(receipt: SetUpReceipt, open: Address): { raw: Hex; sender: Address } {
  const log = receipt.logs.find(({ address }) => address === open.toLowerCase())
  if (log === undefined) throw new Error(`no Transfer was logged in ${receipt.transactionHash}`)
  const { args } = decodeEventLog({
    abi: openAbi,
    eventName: 'Transfer',
    topics: log.topics as [Hex, ...Hex[]],
    data: log.data,
  })
  const raw = serializeTransaction({
    type: 'deposit',
    sourceHash: getSourceHash({ domain: 'userDeposit', l1BlockHash: receipt.blockHash, l1LogIndex: log.logIndex }),
    from: args.from,
    to: args.from,
    mint: args.value,
    value: 0n,
    gas: 100_000n,
    isSystemTx: false,
    data: '0x',
  })
  return { raw, sender: args.from }
}
