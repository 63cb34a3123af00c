import type { Address } from 'viem'
import { encodeDeployData, encodeFunctionData, getAddress, parseEther } from 'viem/utils'
import { z } from 'zod'
import { attributionLedgerAbi, attributionLedgerBytecode } from '../chain/contracts/AttributionLedger.generated.js'
import { datanetRegistryAbi, datanetRegistryBytecode } from '../chain/contracts/DatanetRegistry.generated.js'
import { inferenceEscrowAbi, inferenceEscrowBytecode } from '../chain/contracts/InferenceEscrow.generated.js'
import { modelRegistryAbi, modelRegistryBytecode } from '../chain/contracts/ModelRegistry.generated.js'
import { openAbi, openBytecode } from '../chain/contracts/Open.generated.js'
import { rewardPoolAbi, rewardPoolBytecode } from '../chain/contracts/RewardPool.generated.js'
import { bridgeIn, devGrant, openLock } from './bridgeIn.js'
import { type DevAccountName, devAccountNames } from './devAccountNames.js'
import type { DevnetAddresses } from './devnetState.js'
import { LayerSetUp } from './LayerSetUp.js'
import { rpc } from './rpc.js'
import type { Anvil } from './startAnvil.js'

/** How long an epoch can be challenged on the devnet, in seconds, and what posting one puts at stake, in wei. */
const challengeWindow = 3_600n
const epochBond = parseEther('1')

type DevAddresses = Readonly<Record<DevAccountName, Address>>

/**
 * Sets both layers up, all by transactions: OPEN on the L1, a grant of it to every dev account, a part of that locked and
 * minted on the L2, where it pays for the contracts. Addresses are the same on every devnet.
 *
 * @throws OL1707 when a transaction fails
 */
export async function deployContracts(l1Node: Anvil, l2Node: Anvil): Promise<DevnetAddresses> {
  const l1 = new LayerSetUp('L1', l1Node)
  const l2 = new LayerSetUp('L2', l2Node)
  const accounts = await accountsOf(l1Node)
  const { deployer, ...others } = accounts

  const Open = l1.addressOf(deployer, 0)
  await l1.mine([
    { step: 'creating Open', from: deployer, data: encodeDeployData({ abi: openAbi, bytecode: openBytecode }) },
    ...Object.entries(others).map(([name, address]) => ({
      step: `granting OPEN to ${name}`,
      from: deployer,
      to: Open,
      data: encodeFunctionData({ abi: openAbi, functionName: 'transfer', args: [address, devGrant] }),
    })),
  ])
  await bridgeIn(l1, l2, Open, Object.values(accounts))
  const contracts = await createContracts(l2, accounts)
  await Promise.all([l1.finish(), l2.finish()])
  return { Open, OpenLock: openLock, ...contracts }
}

async function createContracts(
  l2: LayerSetUp,
  { deployer: from, operator }: DevAddresses,
): Promise<Omit<DevnetAddresses, 'Open' | 'OpenLock'>> {
  const DatanetRegistry = l2.addressOf(from, 0)
  const ModelRegistry = l2.addressOf(from, 1)
  const RewardPool = l2.addressOf(from, 2)
  const AttributionLedger = l2.addressOf(from, 3)
  const InferenceEscrow = l2.addressOf(from, 4)
  const datanetRegistry = encodeDeployData({ abi: datanetRegistryAbi, bytecode: datanetRegistryBytecode })
  const modelRegistry = encodeDeployData({
    abi: modelRegistryAbi,
    bytecode: modelRegistryBytecode,
    args: [DatanetRegistry],
  })
  // Pool and ledger name each other: the pool is given the address that the ledger is about to have.
  const rewardPool = encodeDeployData({ abi: rewardPoolAbi, bytecode: rewardPoolBytecode, args: [AttributionLedger] })
  const attributionLedger = encodeDeployData({
    abi: attributionLedgerAbi,
    bytecode: attributionLedgerBytecode,
    args: [RewardPool, operator, from, challengeWindow, epochBond],
  })
  const inferenceEscrow = encodeDeployData({
    abi: inferenceEscrowAbi,
    bytecode: inferenceEscrowBytecode,
    args: [ModelRegistry, RewardPool, from],
  })
  await l2.mine([
    { step: 'creating DatanetRegistry', from, data: datanetRegistry },
    { step: 'creating ModelRegistry', from, data: modelRegistry },
    { step: 'creating RewardPool', from, data: rewardPool },
    { step: 'creating AttributionLedger', from, data: attributionLedger },
    { step: 'creating InferenceEscrow', from, data: inferenceEscrow },
  ])
  return { DatanetRegistry, ModelRegistry, RewardPool, AttributionLedger, InferenceEscrow }
}

/** The node derives them from the test phrase faster than we would. */
async function accountsOf({ rpcUrl }: Anvil): Promise<DevAddresses> {
  const found = z.array(z.string()).parse(await rpc(rpcUrl, 'eth_accounts'))
  const named = devAccountNames.map((name, index) => [name, getAddress(found[index] ?? '')])
  return Object.fromEntries(named) as DevAddresses
}
