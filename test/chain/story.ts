import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import { type Address, type Hex, keccak256, parseEther, toHex } from 'viem'
import { createDatanet } from '../../src/chain/actions/datanets/createDatanet.js'
import { publishVersion } from '../../src/chain/actions/datanets/publishVersion.js'
import { type PayInferenceReturnType, payInference } from '../../src/chain/actions/inference/payInference.js'
import { quoteInference } from '../../src/chain/actions/inference/quoteInference.js'
import { registerModel } from '../../src/chain/actions/models/registerModel.js'
import type { WriteClient } from '../../src/chain/client/ChainClient.js'
import { createChainClient } from '../../src/chain/client/createChainClient.js'
import type { Devnet } from '../../src/devnet/keeper/startDevnet.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import type { DevAccountName } from '../../src/devnet/state/devAccountNames.js'
import { devnetNetworks } from '../../src/devnet/state/devnetNetworks.js'

export const hashOf = (text: string): Hex => keccak256(toHex(text))

/** The salt of every Datanet here: their names tell them apart. */
export const salt = hashOf('salt')

export const as = (devnet: Devnet, name: DevAccountName): WriteClient =>
  createChainClient({ network: devnetNetworks(devnet).l2, account: devAccounts()[name] })

export interface Published {
  readonly datanetId: Hex
  readonly modelId: Hex
  readonly records: StandardMerkleTree<[Hex, Address, number]>
}

export const prices = { inputPriceWei: parseEther('0.5'), outputPriceWei: parseEther('2') }

/** A Datanet of two records with version 1, and a model that learnt from it, owned by the maintainer. */
export async function publish(devnet: Devnet, name: string): Promise<Published> {
  const { mara, tobias } = devAccounts()
  const maintainer = as(devnet, 'maintainer')
  const { datanetId } = await createDatanet(maintainer, { name, salt, licence: 'CC-BY-4.0' })
  const records = StandardMerkleTree.of<[Hex, Address, number]>(
    [
      [hashOf('one'), mara.address, 1],
      [hashOf('two'), tobias.address, 2],
    ],
    ['bytes32', 'address', 'uint64'],
  )
  const root = records.root as Hex
  const contentHash = hashOf('records.jsonl')
  await publishVersion(maintainer, {
    datanetId,
    root,
    recordCount: 2,
    contentHash,
    licence: 'CC-BY-4.0',
  })
  const { modelId } = await registerModel(maintainer, {
    baseHash: hashOf('base'),
    adapterHash: hashOf(`adapter of ${name}`),
    manifestHash: hashOf('manifest'),
    sources: [{ datanetId, version: 1 }],
    ...prices,
  })
  return { datanetId, modelId, records }
}

/** The user pays for one inference of 100 input and 250 output tokens. */
export async function pay(devnet: Devnet, modelId: Hex, inferenceId: Hex): Promise<PayInferenceReturnType> {
  const tokens = { inputTokens: 100, outputTokens: 250 }
  const user = as(devnet, 'user')
  const feeWei = await quoteInference(user, { modelId, ...tokens })
  return payInference(user, { modelId, inferenceId, ...tokens, feeWei })
}

export type RewardLeaf = [bigint, Address, Address, bigint]

/** The rewards tree over what each account has earned since the beginning. */
export const rewardsTree = (devnet: Devnet, earned: readonly (readonly [Address, bigint])[]) =>
  StandardMerkleTree.of<RewardLeaf>(
    earned.map(([account, wei]) => [BigInt(devnet.l2.chainId), devnet.addresses.RewardPool, account, wei]),
    ['uint256', 'address', 'address', 'uint256'],
  )

/** The claims that a rewards tree allows, with their proofs. */
export const claimsOf = (tree: StandardMerkleTree<RewardLeaf>) =>
  [...tree.entries()].map(([index, [, , account, cumulativeWei]]) => ({
    account,
    cumulativeWei,
    proof: tree.getProof(index) as Hex[],
  }))
