import { attribute } from '../../attribution/attribute.js'
import type { Attribution } from '../../attribution/report/Attribution.js'
import { getOpenBalance } from '../../chain/actions/tokens/getOpenBalance.js'
import { devAccount } from '../../chain/client/devMnemonic.js'
import { type WorkspacePaths, workspacePaths } from '../../config/workspacePaths.js'
import { withDatanet } from '../../datanet/store/withDatanet.js'
import {
  type ScaffoldedContributor,
  type ScaffoldedWorkspace,
  scaffoldWorkspace,
} from '../../datanet/workspace/scaffoldWorkspace.js'
import { type Devnet, startDevnet } from '../../devnet/keeper/startDevnet.js'
import type { TrainingPlan } from '../../lora/plan/TrainingPlan.js'
import type { TrainReturnType } from '../../lora/run/train.js'
import { parseTrainingSettings, type TrainingSettingsInput } from '../../lora/settings/settings.js'
import { settingsText } from '../../lora/settings/settingsText.js'
import type { TrainingStep } from '../../lora/step/TrainAdapterOptions.js'
import { bundledBase } from '../../models/base/bundledBase.js'
import type { Check } from '../../rewards/verify.js'
import { type PublishDatanetReturnType, publishDatanet } from '../datanets/publishDatanet.js'
import { type ClaimAllReturnType, claimAll } from '../epochs/claimAll.js'
import { type PostedEpoch, postEpoch } from '../epochs/postEpoch.js'
import { type VerifyRewardsReturnType, verifyRewards } from '../epochs/verifyRewards.js'
import { type PaidInference, payInferences } from '../inference/payInferences.js'
import { type ModelPublication, publishModel } from '../models/publishModel.js'
import { trainOnDatanet } from '../models/trainOnDatanet.js'
import { type Connection, devnetConnection } from '../network/openConnection.js'
import { finishQuickstart, inQuickstartFolder, type QuickstartFolder, runningNote } from './quickstartFolder.js'

/**
 * What the quickstart trains with: 164 short records want a high rate and several passes.
 *
 * @public bench/attribution.js
 */
export const quickstartSettings: TrainingSettingsInput = {
  rank: 16,
  alpha: 32,
  epochs: 10,
  batchSize: 4,
  learningRate: 6e-3,
}

/** The settings file that the quickstart leaves in its workspace. */
export const quickstartSettingsName = 'train.yaml'

/** All settings, also those that are the defaults today, so that a later version trains the same. */
const quickstartSettingsText = (settings: TrainingSettingsInput): string =>
  settingsText(parseTrainingSettings(settings), [
    'What the adapter of this workspace was trained with. The same adapter again, to the byte:',
    `openledger train --config ${quickstartSettingsName} --output adapters/again`,
  ])

const openWei = 10n ** 18n
/** Wei of OPEN for 1000 tokens. */
const prices = { inputPriceWei: openWei, outputPriceWei: 3n * openWei }

export interface QuickstartParameters {
  readonly folder: QuickstartFolder
  readonly template: string
  /** Folder of templates; by default, the package's own. */
  readonly templates?: string
  /** Settings of the training; by default, those made for the template's records. */
  readonly settings?: TrainingSettingsInput
  readonly keepDevnet: boolean
  readonly signal: AbortSignal
  /** Runs one step, however it is shown. */
  readonly step: <Value>(title: string, work: () => Promise<Value>) => Promise<Value>
  readonly onPlan: (plan: TrainingPlan) => void
  readonly onStep: (step: TrainingStep) => void
  readonly onAttribution: (stage: 'records' | 'answers', done: number, total: number) => void
  /** Called once the devnet runs, so that it can be stopped however the run ends. */
  readonly onDevnet: (devnet: Devnet) => void
}

export interface QuickstartReturnType {
  readonly directory: string
  readonly scaffold: ScaffoldedWorkspace
  readonly devnet: Devnet
  readonly datanet: PublishDatanetReturnType
  readonly training: TrainReturnType
  readonly attributions: readonly Attribution[]
  readonly scorer: string
  readonly model: ModelPublication
  readonly payments: readonly PaidInference[]
  readonly epoch: PostedEpoch
  readonly claims: ClaimAllReturnType
  readonly verification: VerifyRewardsReturnType
  /** Balances before and after the claims agree with the amounts claimed. */
  readonly balances: Check
}

/**
 * The main job, end to end: a Datanet from a template, a devnet, a trained adapter, attributed answers, a published
 * model, paid fees, an epoch, claims, and a check of every number.
 */
export async function quickstart(parameters: QuickstartParameters): Promise<QuickstartReturnType> {
  const { folder, template, templates, settings = quickstartSettings, keepDevnet, signal, step } = parameters
  const scaffold = await step('Scaffold a Datanet, every record signed by its contributor', () =>
    inQuickstartFolder(folder, (directory) =>
      scaffoldWorkspace({
        template,
        templates,
        directory,
        accountOf: devAccount,
        files: { ...runningNote(), [quickstartSettingsName]: quickstartSettingsText(settings) },
      }),
    ),
  )
  const { directory } = scaffold
  const paths = workspacePaths(directory)
  signal.throwIfAborted()
  const devnet = await step('Start L1 and L2, deploy the contracts, bring OPEN to the L2', () =>
    startDevnet({ workspace: directory, detached: keepDevnet }),
  )
  parameters.onDevnet(devnet)
  const connection = devnetConnection(devnet)
  const datanet = await step('Register the Datanet and publish version 1', () => publish(directory, connection))

  const training = await trainOnDatanet({
    paths,
    base: bundledBase,
    settings,
    signal,
    onPlan: parameters.onPlan,
    onStep: parameters.onStep,
  })
  const adapter = training.output
  const { attributions, scorer } = await attribute({
    adapter,
    queries: paths.questions,
    output: `${paths.attribution}/answers.jsonl`,
    generate: true,
    // 145 MB that take four seconds to compute again.
    keepIndex: false,
    maximumTokens: 48,
    signal,
    onProgress: parameters.onAttribution,
  })

  const model = await step('Publish the model', async () =>
    (await publishModel(connection, { adapter, ...prices })).carryOut(),
  )
  const payments = await step('Pay each answer into the escrow', async () =>
    (await payInferences(connection, { paths, modelId: model.modelId, attributions, scorer })).carryOut(),
  )
  signal.throwIfAborted()
  const epoch = await step('Post the epoch with a bond', async () => (await postEpoch(paths, connection)).carryOut())
  const { claims, balances } = await step("Move the devnet's clock past the challenge window, and claim", () =>
    claim(paths, connection, scaffold.contributors),
  )
  const verification = await step('Check every number, off chain and on chain', () => verifyRewards(paths, connection))
  await finishQuickstart(directory)
  return {
    directory,
    scaffold,
    devnet,
    datanet,
    training,
    attributions,
    scorer,
    model,
    payments,
    epoch,
    claims,
    verification,
    balances,
  }
}

const publish = (directory: string, connection: Connection): Promise<PublishDatanetReturnType> =>
  withDatanet(directory, async (store) => (await publishDatanet(store, connection)).carryOut())

async function claim(
  paths: WorkspacePaths,
  connection: Connection,
  contributors: readonly ScaffoldedContributor[],
): Promise<{ claims: ClaimAllReturnType; balances: Check }> {
  const balancesNow = async (): Promise<Map<string, bigint>> => {
    const entries = contributors.map(
      async ({ address }) =>
        [address.toLowerCase(), await getOpenBalance(connection.client, { account: address })] as const,
    )
    return new Map(await Promise.all(entries))
  }
  const before = await balancesNow()
  const claims = await (await claimAll(paths, connection, { warp: true })).carryOut()
  const after = await balancesNow()
  const claimed = new Map(claims.paid.map(({ account, amountWei }) => [account.toLowerCase(), amountWei]))
  const wrong = [...before].filter(
    ([account, balance]) => (after.get(account) as bigint) - balance !== (claimed.get(account) ?? 0n),
  )
  const detail =
    wrong.length === 0
      ? `${before.size} balances moved by exactly what was claimed`
      : wrong.map(([account]) => account).join(', ')
  return { claims, balances: { name: 'balances', ok: wrong.length === 0, detail } }
}
