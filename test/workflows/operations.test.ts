import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { parseEther } from 'viem'
import { getTransactionCount } from 'viem/actions'
import { getBlockTime } from '../../src/chain/actions/common/getBlockTime.js'
import { depositEscrow } from '../../src/chain/actions/inference/depositEscrow.js'
import { unwrapOpen } from '../../src/chain/actions/tokens/unwrapOpen.js'
import { createChainClient } from '../../src/chain/client/createChainClient.js'
import type { PlannedTransaction } from '../../src/chain/client/describeTransaction.js'
import { isAsShown } from '../../src/chain/client/isAsShown.js'
import { workspacePaths } from '../../src/config/workspacePaths.js'
import type { DatanetStore, StoredRecord } from '../../src/datanet/store/DatanetStore.js'
import { openDatanet } from '../../src/datanet/store/openDatanet.js'
import { type Devnet, startDevnet } from '../../src/devnet/keeper/startDevnet.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import { warp } from '../../src/devnet/state/warp.js'
import { collectShares } from '../../src/workflows/datanets/datanetShares.js'
import { publishDatanet } from '../../src/workflows/datanets/publishDatanet.js'
import { claimAll } from '../../src/workflows/epochs/claimAll.js'
import { attest, challenge, endVote } from '../../src/workflows/epochs/judgeEpoch.js'
import { postEpoch } from '../../src/workflows/epochs/postEpoch.js'
import { recomputeEpoch } from '../../src/workflows/epochs/recomputeEpoch.js'
import { governanceOperation } from '../../src/workflows/governance/governanceOperation.js'
import { wrapVotes } from '../../src/workflows/governance/wrapVotes.js'
import { payByVoucher } from '../../src/workflows/inference/payByVoucher.js'
import { payInferences } from '../../src/workflows/inference/payInferences.js'
import { publishModel } from '../../src/workflows/models/publishModel.js'
import type { Operation } from '../../src/workflows/network/Operation.js'
import { type Connection, devnetConnection } from '../../src/workflows/network/openConnection.js'
import { collectStake, depositStake, requestStake } from '../../src/workflows/stake/manageStake.js'
import { attributionOf, done, makeAdapter, makeWorkspace } from './money.js'

const folder = mkdtempSync(join(tmpdir(), 'openledger-operations-'))
const paths = workspacePaths(folder)
const prices = { inputPriceWei: 10n ** 18n, outputPriceWei: 3n * 10n ** 18n }
const { user } = devAccounts()
const sent: PlannedTransaction[] = []
let devnet: Devnet
let connection: Connection
let records: StoredRecord[]
let store: DatanetStore
let datanetId: `0x${string}`
let modelId: `0x${string}`

beforeAll(async () => {
  records = await makeWorkspace(folder)
  store = openDatanet(folder)
  devnet = await startDevnet({ workspace: folder })
  const plain = devnetConnection(devnet)
  const review = async (transaction: PlannedTransaction) => {
    sent.push(transaction)
  }
  connection = {
    ...plain,
    as: (role) => createChainClient({ network: plain.network, account: devAccounts()[role], review }),
  }
})
afterAll(async () => {
  store.close()
  await devnet.stop()
  rmSync(folder, { recursive: true })
})

const publishedModel = () =>
  publishModel(connection, { adapter: makeAdapter(folder, store.versions()[0]?.root ?? ''), ...prices })
const answers = (prompt: string) => ({
  paths,
  modelId,
  scorer: 'test',
  attributions: ['one', 'two'].map((each) =>
    attributionOf(
      `${prompt} ${each}`,
      records.map((record) => [record, 0.5]),
    ),
  ),
})
const judged = async () => recomputeEpoch(paths, connection, undefined)

/** What has to be on the chain before an operation: an epoch of two paid answers that is in question. */
const epochInQuestion = async (prompt: string) => {
  await done(payInferences(connection, answers(prompt)))
  await done(postEpoch(paths, connection))
}

const unwrap = (warpTo?: number) =>
  governanceOperation(connection, {
    title: 'Unwrap',
    facts: {},
    warpTo,
    act: (client) => unwrapOpen(client, { contract: 'GOPEN', amountWei: 1n }),
  })

interface Row {
  readonly name: string
  readonly make: () => Promise<Operation<unknown>> | Operation<unknown>
  /** Done first. */
  readonly before?: () => Promise<unknown>
  /** Transactions that depend on those that were shown, and come after them; none by default. */
  readonly more?: number
}

// Each row goes on where the one before ended.
const rows: readonly Row[] = [
  { name: 'publishing a Datanet', make: () => publishDatanet(store, connection) },
  { name: 'publishing it again', make: () => publishDatanet(store, connection) },
  { name: 'publishing a model', make: publishedModel },
  { name: 'publishing it again', make: publishedModel },
  { name: 'paying for answers', make: () => payInferences(connection, answers('first')) },
  {
    name: 'signing a voucher for answers',
    before: () => depositEscrow(connection.as('user'), { account: user.address, amountWei: parseEther('1') }),
    make: () => payByVoucher(connection, answers('by voucher')),
  },
  { name: 'collecting the income of shares', make: () => collectShares(connection, datanetId), more: 2 },
  { name: 'staking', make: () => depositStake(connection, parseEther('500')) },
  { name: 'posting an epoch', before: () => warp(devnet, 1), make: () => postEpoch(paths, connection) },
  { name: 'attesting it', make: async () => attest(connection, await judged()) },
  {
    name: 'claiming',
    before: () => warp(devnet, 2 * 3600),
    make: () => claimAll(paths, connection),
  },
  {
    name: 'claiming after the clock was moved',
    before: () => epochInQuestion('second'),
    make: () => claimAll(paths, connection, { warp: true }),
  },
  { name: 'asking for stake', make: () => requestStake(connection, parseEther('100')) },
  { name: 'collecting stake', before: () => warp(devnet, 8 * 86_400), make: () => collectStake(connection), more: 1 },
  {
    name: 'challenging an epoch',
    before: () => epochInQuestion('third'),
    make: async () => challenge(connection, await judged(), `0x${'7'.repeat(64)}`),
  },
  { name: 'ending a vote', before: () => warp(devnet, 2 * 3600), make: () => endVote(connection, 3, false), more: 1 },
  { name: 'wrapping votes', make: () => wrapVotes(connection, { amountWei: parseEther('10') }), more: 1 },
  { name: 'an act of governance', make: () => unwrap() },
  {
    name: 'an act of governance at a later time, of which nothing can be shown',
    make: async () => unwrap((await getBlockTime(connection.client)) + 100),
    more: 1,
  },
]

const nonces = () =>
  Promise.all(Object.values(devAccounts()).map(({ address }) => getTransactionCount(connection.client, { address })))

test.each(rows)(
  '$name: a dry run sends nothing, and what it shows is what is sent',
  async ({ make, before, more = 0 }) => {
    await before?.()
    const operation = await make()
    sent.length = 0
    const earlier = await nonces()
    const planned = await operation.plan()
    expect(await nonces()).toEqual(earlier)
    expect(sent).toEqual([])

    const result = await operation.carryOut()
    expect(sent).toHaveLength(planned.length + more)
    for (const [i, shown] of planned.entries())
      expect([shown.function, isAsShown(sent[i] as PlannedTransaction, shown)]).toEqual([sent[i]?.function, true])
    if (typeof result === 'object' && result !== null) {
      if ('datanetId' in result) datanetId = result.datanetId as typeof datanetId
      if ('modelId' in result) modelId = result.modelId as typeof modelId
    }
  },
)
