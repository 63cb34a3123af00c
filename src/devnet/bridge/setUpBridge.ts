import type { Address } from 'viem'
import { encodeFunctionData, numberToHex, pad } from 'viem/utils'
import { openAbi } from '../../chain/contracts/Open.abi.generated.js'
import { dropHistory } from '../node/dropHistory.js'
import type { LayerSetUp, SetUpCall, SetUpDeposit } from '../node/LayerSetUp.js'
import type { RpcCall } from '../node/rpc.js'
import { gasPriceOracleDeployedBytecode } from '../optimism/GasPriceOracle.bytecode.generated.js'
import { l1BlockDeployedBytecode } from '../optimism/L1Block.bytecode.generated.js'
import { l2ToL1MessagePasserDeployedBytecode } from '../optimism/L2ToL1MessagePasser.bytecode.generated.js'
import { multicall3DeployedBytecode } from '../optimism/Multicall3.bytecode.generated.js'
import { optimismPortalAbi } from '../optimism/OptimismPortal.abi.generated.js'
import { wethDeployedBytecode } from '../optimism/WETH.bytecode.generated.js'
import { type BridgeAddresses, bridgeContracts } from './bridgeContracts.js'
import { serializeDeposit } from './depositTransaction.js'
import { attributesTransaction, type L1Block, readL1Block } from './l1Block.js'
import {
  gasPriceOracleAddress,
  l1BlockAddress,
  messagePasserAddress,
  multicall3Address,
  proposerAccount,
  sequencerFeeVault,
  wrappedOpenAddress,
} from './predeploys.js'

/** Default delay of proven withdrawals on a devnet, in seconds of the L1's clock. */
export const defaultFinalizationSeconds = 5

export interface BridgeSetUp {
  /** Account that creates the contracts and owns the supply of OPEN, the system configuration and the admin of the proxies. */
  readonly deployer: Address
  /** The accounts that get OPEN, including the deployer. */
  readonly accounts: readonly Address[]
  /** Wei of OPEN that each account gets on the L1. */
  readonly grantWei: bigint
  /** The part of it that each account deposits and then has on the L2. */
  readonly depositWei: bigint
  readonly finalizationSeconds: number
}

/**
 * Sets the bridge up on two nodes that do not yet mine by themselves: OPEN, Optimism's contracts and Multicall3 on the L1, the
 * predeploys on the L2, and the first deposits by the portal's own `depositERC20Transaction`. It takes two blocks of the L1,
 * whose deposits are all derived on the L2. Addresses depend only on the deployer.
 *
 * @throws OL1707 when a transaction fails
 */
export async function setUpBridge(l1: LayerSetUp, l2: LayerSetUp, options: BridgeSetUp): Promise<BridgeAddresses> {
  const { addresses, calls } = bridgeContracts(l1, options.deployer, options.finalizationSeconds)
  await Promise.all([
    ...[l1, l2].map(({ rpcUrl }) => dropHistory(rpcUrl)),
    l1.prepare([
      { method: 'anvil_setCode', params: [multicall3Address, multicall3DeployedBytecode] },
      // The proposer needs ether for the gas of proposals.
      { method: 'anvil_setBalance', params: [proposerAccount, numberToHex(10n ** 24n)] },
    ]),
    l2.prepare(predeploys),
  ])
  await l1.mine([...calls, ...grants(addresses, options)])
  await l1.mine(deposits(addresses, options))
  for (const number of [1n, 2n]) {
    const block = await readL1Block(l1.rpcUrl, addresses.OptimismPortal, number)
    if (block === undefined) throw new Error(`the L1 lost its block ${number}`)
    for (const group of derive(block)) await l2.mine(group)
  }
  return addresses
}

const predeploys: readonly RpcCall[] = [
  ...[
    [l1BlockAddress, l1BlockDeployedBytecode],
    [messagePasserAddress, l2ToL1MessagePasserDeployedBytecode],
    [wrappedOpenAddress, wethDeployedBytecode],
    [gasPriceOracleAddress, gasPriceOracleDeployedBytecode],
    [multicall3Address, multicall3DeployedBytecode],
  ].map((params) => ({ method: 'anvil_setCode', params })),
  // The first slot of the gas price oracle holds its flags isEcotone and isFjord.
  { method: 'anvil_setStorageAt', params: [gasPriceOracleAddress, '0x0', pad('0x0101')] },
  { method: 'anvil_setCoinbase', params: [sequencerFeeVault] },
]

const grants = ({ Open }: BridgeAddresses, { deployer, accounts, grantWei }: BridgeSetUp): SetUpCall[] =>
  accounts
    .filter((account) => account !== deployer)
    .map((account) => ({
      step: `granting OPEN to ${account}`,
      from: deployer,
      to: Open,
      data: encodeFunctionData({ abi: openAbi, functionName: 'transfer', args: [account, grantWei] }),
    }))

function deposits(addresses: BridgeAddresses, { accounts, depositWei }: BridgeSetUp): SetUpCall[] {
  const { Open, OptimismPortal } = addresses
  const approve = encodeFunctionData({ abi: openAbi, functionName: 'approve', args: [OptimismPortal, depositWei] })
  return accounts.flatMap((from) => [
    { step: `approving the portal for ${from}`, from, to: Open, data: approve },
    {
      step: `depositing the OPEN of ${from}`,
      from,
      to: OptimismPortal,
      data: encodeFunctionData({
        abi: optimismPortalAbi,
        functionName: 'depositERC20Transaction',
        args: [from, depositWei, depositWei, 100_000n, false, '0x'],
      }),
      gas: 300_000n,
    },
  ])
}

/** The L2 transactions of an L1 block, in groups that fit one L2 block: the node's pool holds only one deposit per sender. */
function derive(block: L1Block): SetUpDeposit[][] {
  const all = [
    { step: `the attributes of the L1 block ${block.number}`, ...attributesTransaction(block) },
    ...block.deposits.map((deposit) => ({ step: `the deposit of ${deposit.from}`, ...serializeDeposit(deposit) })),
  ]
  const groups: SetUpDeposit[][] = [[]]
  for (const { step, from, raw } of all) {
    if (groups.at(-1)?.some((other) => other.from.toLowerCase() === from.toLowerCase())) groups.push([])
    groups.at(-1)?.push({ step, from, raw })
  }
  return groups
}
