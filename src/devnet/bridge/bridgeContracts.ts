import type { Address, Hex } from 'viem'
import { encodeDeployData, encodeFunctionData, pad } from 'viem/utils'
import { openAbi } from '../../chain/contracts/Open.abi.generated.js'
import { openBytecode } from '../../chain/contracts/Open.bytecode.generated.js'
import type { LayerSetUp, SetUpCall } from '../node/LayerSetUp.js'
import { l2OutputOracleAbi } from '../optimism/L2OutputOracle.abi.generated.js'
import { l2OutputOracleBytecode } from '../optimism/L2OutputOracle.bytecode.generated.js'
import { optimismPortalAbi } from '../optimism/OptimismPortal.abi.generated.js'
import { optimismPortalBytecode } from '../optimism/OptimismPortal.bytecode.generated.js'
import { proxyAbi } from '../optimism/Proxy.abi.generated.js'
import { proxyBytecode } from '../optimism/Proxy.bytecode.generated.js'
import { proxyAdminAbi } from '../optimism/ProxyAdmin.abi.generated.js'
import { proxyAdminBytecode } from '../optimism/ProxyAdmin.bytecode.generated.js'
import { superchainConfigAbi } from '../optimism/SuperchainConfig.abi.generated.js'
import { superchainConfigBytecode } from '../optimism/SuperchainConfig.bytecode.generated.js'
import { systemConfigAbi } from '../optimism/SystemConfig.abi.generated.js'
import { systemConfigBytecode } from '../optimism/SystemConfig.bytecode.generated.js'
import { proposerAccount } from './predeploys.js'

/** Number of L2 blocks between two proposed outputs. */
export const submissionInterval = 4n

const proxied = ['SuperchainConfig', 'SystemConfig', 'L2OutputOracle', 'OptimismPortal'] as const
type Proxied = (typeof proxied)[number]

/** The bridge on the L1: the token, the admin of the proxies, and four proxies. */
export type BridgeAddresses = Readonly<Record<'Open' | 'ProxyAdmin' | Proxied, Address>>

/** The calls by which the deployer creates the bridge on the L1, and the addresses of the contracts. */
export interface BridgeContracts {
  readonly addresses: BridgeAddresses
  readonly calls: readonly SetUpCall[]
}

const none: Address = '0x0000000000000000000000000000000000000000'

const creationCode: Readonly<Record<Proxied, Hex>> = {
  SuperchainConfig: superchainConfigBytecode,
  SystemConfig: systemConfigBytecode,
  L2OutputOracle: l2OutputOracleBytecode,
  OptimismPortal: optimismPortalBytecode,
}

/**
 * Makes the calls that create OPEN and the bridge on the L1, all by the deployer and in this order. The constructor of an
 * implementation locks it, so that each contract is used through a proxy, as on every OP chain.
 */
export function bridgeContracts(l1: LayerSetUp, deployer: Address, finalizationSeconds: number): BridgeContracts {
  let ahead = 0
  const calls: SetUpCall[] = []
  const create = (name: string, data: Hex): Address => {
    calls.push({ step: `creating ${name}`, from: deployer, data, gas: 6_000_000n })
    return l1.addressOf(deployer, ahead++)
  }
  const each = (make: (name: Proxied) => Address): Readonly<Record<Proxied, Address>> =>
    Object.fromEntries(proxied.map((name) => [name, make(name)])) as Record<Proxied, Address>

  const Open = create('Open', encodeDeployData({ abi: openAbi, bytecode: openBytecode }))
  const ProxyAdmin = create(
    'ProxyAdmin',
    encodeDeployData({ abi: proxyAdminAbi, bytecode: proxyAdminBytecode, args: [deployer] }),
  )
  const proxy = encodeDeployData({ abi: proxyAbi, bytecode: proxyBytecode, args: [ProxyAdmin] })
  const proxies = each((name) => create(`the proxy of ${name}`, proxy))
  const implementations = each((name) => create(`the implementation of ${name}`, creationCode[name]))

  const addresses = { Open, ProxyAdmin, ...proxies }
  for (const [name, data] of initializers(addresses, deployer, finalizationSeconds)) {
    const args = [proxies[name], implementations[name], data] as const
    calls.push({
      step: `initializing ${name}`,
      from: deployer,
      to: ProxyAdmin,
      data: encodeFunctionData({ abi: proxyAdminAbi, functionName: 'upgradeAndCall', args }),
      gas: 700_000n,
    })
  }
  return { addresses, calls }
}

/** SystemConfig comes last: it sets the portal's gas token, and the portal accepts that only from its own SystemConfig. */
function initializers(
  { Open, SuperchainConfig, SystemConfig, L2OutputOracle, OptimismPortal }: BridgeAddresses,
  deployer: Address,
  finalizationSeconds: number,
): [Proxied, Hex][] {
  const functionName = 'initialize'
  // The L2's blocks keep no pace here. With a start at timestamp 1 none of them is ever "in the future".
  const [blockTime, startingBlock, startingTimestamp] = [1n, 0n, 1n]
  const [proposer, challenger] = [proposerAccount, proposerAccount]
  const superchain = encodeFunctionData({ abi: superchainConfigAbi, functionName, args: [deployer, false] })
  const oracle = encodeFunctionData({
    abi: l2OutputOracleAbi,
    functionName,
    args: [
      submissionInterval,
      blockTime,
      startingBlock,
      startingTimestamp,
      proposer,
      challenger,
      BigInt(finalizationSeconds),
    ],
  })
  const portal = encodeFunctionData({
    abi: optimismPortalAbi,
    functionName,
    args: [L2OutputOracle, SystemConfig, SuperchainConfig],
  })
  // There are no batches, no signatures of a sequencer, no messenger and no standard bridge. Scalars of zero mean no L1 data fee.
  const [baseFeeScalar, blobBaseFeeScalar, gasLimit] = [0, 0, 30_000_000n]
  const system = encodeFunctionData({
    abi: systemConfigAbi,
    functionName,
    args: [
      deployer,
      baseFeeScalar,
      blobBaseFeeScalar,
      pad(proposerAccount),
      gasLimit,
      proposerAccount,
      resourceConfig,
      none,
      {
        l1CrossDomainMessenger: none,
        l1ERC721Bridge: none,
        l1StandardBridge: none,
        disputeGameFactory: none,
        optimismPortal: OptimismPortal,
        optimismMintableERC20Factory: none,
        gasPayingToken: Open,
      },
    ],
  })
  return [
    ['SuperchainConfig', superchain],
    ['L2OutputOracle', oracle],
    ['OptimismPortal', portal],
    ['SystemConfig', system],
  ]
}

/** Optimism's own defaults: the L2 gas that the deposits of one L1 block may use, and its price on the L1. */
const resourceConfig = {
  maxResourceLimit: 20_000_000,
  elasticityMultiplier: 10,
  baseFeeMaxChangeDenominator: 8,
  minimumBaseFee: 1_000_000_000,
  systemTxMaxGas: 1_000_000,
  maximumBaseFee: 2n ** 128n - 1n,
} as const
