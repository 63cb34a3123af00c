import type { Address, Hex } from 'viem'
import { decodeEventLog, encodeFunctionData, parseEther } from 'viem/utils'
import { openAbi } from '../chain/contracts/Open.generated.js'
import type { LayerSetUp, SetUpDeposit, SetUpReceipt } from './LayerSetUp.js'
import { serializeDeposit } from './serializeDeposit.js'

/** What every dev account receives as ERC-20 on the L1, and how much of it is locked there to circulate on the L2. */
export const devGrant = parseEther('1000000')
const devDeposit = parseEther('100000')

/**
 * Where OPEN rests on the L1 while it circulates on the L2: the last twenty bytes of keccak256("openledger devnet lock"),
 * an address whose key nobody knows. There is no way back from it; withdrawals come with the real bridge.
 */
export const openLock: Address = '0x532799D79C97fE3CB0F2ab80da00C5C52c96CA30'

/**
 * Gives each account native OPEN on the L2: the account locks tokens on the L1, and each `Transfer` that the L1 logged
 * becomes one deposit transaction on the L2, which mints the same amount to the same account.
 */
export async function bridgeIn(
  l1: LayerSetUp,
  l2: LayerSetUp,
  open: Address,
  accounts: readonly Address[],
): Promise<void> {
  const data = encodeFunctionData({ abi: openAbi, functionName: 'transfer', args: [openLock, devDeposit] })
  const locked = await l1.mine(accounts.map((from) => ({ step: `locking the OPEN of ${from}`, from, to: open, data })))
  await l2.mine(locked.map((receipt) => depositOf(receipt, open)))
}

function depositOf({ logs, blockHash, transactionHash }: SetUpReceipt, open: Address): SetUpDeposit {
  const log = logs.find(({ address }) => address === open.toLowerCase())
  if (log === undefined) throw new Error(`no Transfer was logged in ${transactionHash}`)
  const topics = log.topics as [Hex, ...Hex[]]
  const { args } = decodeEventLog({ abi: openAbi, eventName: 'Transfer', topics, data: log.data })
  const raw = serializeDeposit({ blockHash, logIndex: log.logIndex }, args.from, args.value)
  return { step: `minting the OPEN of ${args.from}`, from: args.from, raw }
}
