import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import type { Attribution } from '../../src/attribution/report/Attribution.js'
import { createChainClient } from '../../src/chain/client/createChainClient.js'
import { workspacePaths } from '../../src/config/workspacePaths.js'
import { addContribution } from '../../src/datanet/intake/addContribution.js'
import { reviewRecords } from '../../src/datanet/review/reviewRecords.js'
import type { StoredRecord } from '../../src/datanet/store/DatanetStore.js'
import { withDatanet } from '../../src/datanet/store/withDatanet.js'
import { startDevnet } from '../../src/devnet/keeper/startDevnet.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import { trainingSettings } from '../../src/lora/settings/settings.js'
import { initDatanet } from '../../src/workflows/datanets/initDatanet.js'
import { publishDatanet } from '../../src/workflows/datanets/publishDatanet.js'
import { type PublishModelParameters, publishModel } from '../../src/workflows/models/publishModel.js'
import type { Operation } from '../../src/workflows/network/Operation.js'
import { type Connection, devnetConnection } from '../../src/workflows/network/openConnection.js'

const zeroHash = `0x${'0'.repeat(63)}1`

/** A workspace with a Datanet of two approved records, one of mara and one of tobias. */
export async function makeWorkspace(folder: string): Promise<StoredRecord[]> {
  await initDatanet(folder, { name: 'bight', title: 'Bight', description: '', licence: 'CC0-1.0', domain: 'sea' })
  return withDatanet(folder, async (store) => {
    const { mara, tobias } = devAccounts()
    for (const [account, text] of [
      [mara, 'Reef before you must.'],
      [tobias, 'A falling barometer brings wind.'],
    ] as const)
      await addContribution(store, { file: 'test', lines: [{ line: 1, value: { text } }] }, { account })
    reviewRecords(store, { decision: 'approve', records: 'all', reviewer: 'test', reason: undefined })
    return store.records('approved')
  })
}

/** A devnet over the workspace that {@link makeWorkspace} makes, and its two records. */
export async function startWorld(folder: string) {
  const [mara, tobias] = (await makeWorkspace(folder)) as [StoredRecord, StoredRecord]
  const devnet = await startDevnet({ workspace: folder })
  return { mara, tobias, devnet, connection: devnetConnection(devnet) }
}

/** The same, with the Datanet and a model of it on the chain. */
export async function startPublishedWorld(folder: string, prices: ModelPrices) {
  const world = await startWorld(folder)
  const { version } = await withDatanet(folder, (store) => done(publishDatanet(store, world.connection)))
  const adapter = makeAdapter(folder, version.root)
  const { modelId } = await done(publishModel(world.connection, { adapter, ...prices }))
  return { ...world, modelId }
}

type ModelPrices = Pick<PublishModelParameters, 'inputPriceWei' | 'outputPriceWei'>

/** Carries out an operation once it is made. */
export const done = async <Result>(operation: Promise<Operation<Result>>): Promise<Result> =>
  (await operation).carryOut()

/** A connection on which a run is stopped before it signs its transaction of this number. */
export function cutAt(connection: Connection, number: number): Connection {
  let count = 0
  const review = async () => {
    if (++count >= number) throw new Error('stopped')
  }
  return {
    ...connection,
    as: (role) => createChainClient({ network: connection.network, account: devAccounts()[role], review }),
  }
}

/** An adapter folder as training leaves it: a manifest that names the version's root. The weights are any bytes. */
export function makeAdapter(folder: string, root: string, seed = 0): string {
  const adapter = workspacePaths(folder).adapter(`v1-${seed}`)
  const weights = Buffer.from(`weights ${seed}`)
  const { name, identity } = withDatanet(folder, (store) => store.info)
  mkdirSync(adapter, { recursive: true })
  writeFileSync(`${adapter}/adapter_model.safetensors`, weights)
  const manifest = {
    manifestVersion: 1,
    engine: { name: 'openledger', version: '0.0.0', onnxRuntime: '0', device: 'cpu' },
    base: { path: '/nowhere', hash: zeroHash },
    data: { path: 'records.jsonl', sha256: zeroHash, trained: 2, heldOut: 0, dropped: 0 },
    datanet: { name, identity, version: 1, root },
    settings: trainingSettings.parse({ seed }),
    steps: 1,
    tokens: 1,
    evalLoss: null,
    adapterHash: `0x${createHash('sha256').update(weights).digest('hex')}`,
  }
  writeFileSync(`${adapter}/training-manifest.json`, JSON.stringify(manifest))
  return adapter
}

/** An answer that records shaped in these shares. */
export const attributionOf = (
  prompt: string,
  shares: readonly (readonly [record: { readonly id: string; readonly contributor: string }, share: number])[],
): Attribution => ({
  question: { line: 1, prompt, answer: undefined, extra: {} },
  answer: `About ${prompt}`,
  generated: true,
  inputTokens: 10,
  outputTokens: 20,
  loss: 1,
  outcome: shares.length === 0 ? 'none' : 'attributed',
  influence: shares.map(([{ id, contributor }, share], i) => ({
    id,
    line: i + 1,
    contributor,
    score: share,
    share,
    bm25: 0,
  })),
  contributors: shares.map(([{ contributor }, share]) => ({ contributor, share })),
  spans: [],
  lexical: [],
})
