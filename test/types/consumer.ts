// What a user's program compiles against the packed package, at the strictest and without skipLibCheck: npm run package.
import type { AttributeParameters, Attribution, attribute } from 'openledger/attribution'
import {
  createChainClient,
  defineNetwork,
  type GetModelReturnType,
  getModel,
  type Network,
  type ReadClient,
  rewardPoolAbi,
  type WriteClient,
} from 'openledger/contracts'
import abi from 'openledger/contracts/abi/RewardPool.json' with { type: 'json' }
import type { DatanetStore, DatanetVersion, loadVersion, openDatanet, StoredRecord } from 'openledger/datanet'
import { type Devnet, type DevnetOptions, devAccounts, devnetNetworks, type startDevnet } from 'openledger/devnet'
import type { BaseModel, openBaseModel, SamplingOptions } from 'openledger/models'
import { type Elements, type gradient, input, mul, Program, type Shape, type Value } from 'openledger/onnx'
import { type buildEpoch, type EpochInput, OpenLedgerError, type Receipt } from 'openledger/rewards'
import type { TrainingSettingsInput, TrainParameters, TrainReturnType, train } from 'openledger/train'
import { getBlockNumber } from 'viem/actions'

/** Equal types, `any` aside: the compiler takes `true` for nothing else. */
type Same<One, Other> = (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false
const same = <One, Other>(_: Same<One, Other>): void => {}

same<Parameters<typeof train>[0], TrainParameters>(true)
same<ReturnType<typeof train>, Promise<TrainReturnType>>(true)
same<Parameters<typeof attribute>[0], AttributeParameters>(true)
same<Awaited<ReturnType<typeof attribute>>['attributions'][number], Attribution>(true)
same<ReturnType<typeof openDatanet>, DatanetStore>(true)
same<ReturnType<DatanetStore['records']>[number], StoredRecord>(true)
same<Awaited<ReturnType<typeof loadVersion>>, DatanetVersion>(true)
same<Awaited<ReturnType<typeof openBaseModel>>, BaseModel>(true)
same<Awaited<ReturnType<typeof startDevnet>>, Devnet>(true)
same<ReturnType<typeof buildEpoch>['receipts'][number], Receipt>(true)
same<Parameters<typeof buildEpoch>[0], EpochInput>(true)
same<ReturnType<typeof gradient>, Value[]>(true)
same<Value['shape'], Shape>(true)

export const settings: TrainingSettingsInput = { rank: 4 }
// @ts-expect-error No setting has this name.
export const misspelt: TrainingSettingsInput = { rnk: 4 }
export const sampling: SamplingOptions = { temperature: 0.7 }
export const options: DevnetOptions = {}

/** The accounts and the client are those of the user's own viem. */
export async function chain(devnet: Devnet): Promise<bigint> {
  const network: Network = devnetNetworks(devnet).l2
  const client: WriteClient = createChainClient({ network, account: devAccounts().maintainer })
  const reader: ReadClient = createChainClient({ network })
  const model: GetModelReturnType | undefined = await getModel(reader, { modelId: '0x' })
  same<typeof model, Awaited<ReturnType<typeof getModel>>>(true)
  return getBlockNumber(client)
}

export const network: Network = defineNetwork({ name: 'openledger', chainId: 1612, addresses: {} })
export const events: readonly string[] = rewardPoolAbi.flatMap((entry) => (entry.type === 'event' ? [entry.name] : []))
export const entries: number = abi.length

export async function square(values: Float32Array): Promise<Elements> {
  const x = input('x', 'float32', [values.length])
  const program = await Program.compile({ y: mul(x, x) })
  const { y } = await program.run({ x: values })
  // @ts-expect-error The program has no such result.
  await program.run({ x: values }).then(({ z }) => z)
  return y
}

/** A code knows the names of its message. */
export const lineOf = (error: unknown): string => (OpenLedgerError.is(error) ? `${error.code}: ${error.hint}` : '')
export const shares = (attributions: readonly Attribution[]): number[] =>
  attributions.flatMap(({ contributors }) => contributors.map(({ share }) => share))
