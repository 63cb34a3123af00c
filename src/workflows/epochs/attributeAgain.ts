import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Question } from '../../attribution/ask/questions.js'
import { attribute } from '../../attribution/attribute.js'
import { getModel } from '../../chain/actions/models/getModel.js'
import type { WorkspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { hashJson, keccak256 } from '../../files/canonicalJson.js'
import type { Hex } from '../../files/hex.js'
import { readManifest, type TrainingManifest } from '../../lora/plan/manifest.js'
import type { ResolvedBase } from '../../models/hub/resolveBase.js'
import type { Message } from '../../records/RecordContent.js'
import type { NotedInference } from '../inference/inferences.js'
import type { Connection } from '../network/openConnection.js'

/** Shares closer than this are the same: other processors round otherwise, in the seventh digit. */
const tolerance = 1e-6

export interface AttributeAgainParameters {
  readonly paths: WorkspacePaths
  /** Folder of a model's adapter that is not in the workspace. */
  readonly adapter?: string | undefined
  /** Finds the base model of an adapter; by default, the one that its manifest names. */
  readonly base?: (adapter: string) => Promise<ResolvedBase>
  readonly signal?: AbortSignal
  readonly onProgress?: (stage: 'records' | 'answers', done: number, total: number) => void
}

export interface AttributedAgain {
  /** The inferences as they were noted, but with the model's shares where it does not confirm theirs. */
  readonly inferences: readonly NotedInference[]
  /** Ids of the inferences whose shares the model does not confirm. */
  readonly changed: readonly string[]
}

/**
 * Runs the attribution of noted inferences again: each with the registered adapter of its model, on the records that this was
 * trained on, with the scorer and settings that were noted.
 *
 * @throws OL1848 when there are none, OL1849 when the adapter of a model is not at hand, OL1850 when a note is not what it was
 * @throws OL1403, OL1404, OL1512 when base, adapter or data are not those of the adapter's manifest
 */
export async function attributeAgain(
  connection: Connection,
  noted: readonly NotedInference[],
  parameters: AttributeAgainParameters,
): Promise<AttributedAgain> {
  if (noted.length === 0) throw new OpenLedgerError('OL1848', { path: parameters.paths.attribution })
  const groups = new Map<string, NotedInference[]>()
  for (const inference of noted) {
    const { modelId, scorer, damping, minimumShare } = inference
    const key = hashJson({ modelId, scorer, damping: damping ?? null, minimumShare: minimumShare ?? null })
    groups.set(key, [...(groups.get(key) ?? []), inference])
  }
  const found = new Map<string, NotedInference>()
  for (const group of groups.values())
    for (const inference of await again(connection, group, parameters)) found.set(inference.inferenceId, inference)
  const inferences = noted.map(({ inferenceId }) => found.get(inferenceId) as NotedInference)
  const changed = noted.filter((before, i) => !isSame(before, inferences[i] as NotedInference))
  const ids = new Set(changed.map(({ inferenceId }) => inferenceId))
  return {
    inferences: noted.map((before, i) => (ids.has(before.inferenceId) ? (inferences[i] as NotedInference) : before)),
    changed: [...ids],
  }
}

/** Inferences of one model with the same settings. */
async function again(
  connection: Connection,
  noted: readonly NotedInference[],
  { paths, adapter: given, base, ...rest }: AttributeAgainParameters,
): Promise<NotedInference[]> {
  const { modelId, scorer, damping, minimumShare } = noted[0] as NotedInference
  const { adapter, manifest } = await adapterOf(connection, modelId, paths, given)
  // Where the manifest says, unless the workspace has the version that it names; either must have the manifest's hash.
  const version = manifest.datanet && join(paths.version(manifest.datanet.version), 'records.jsonl')
  const { attributions } = await attribute({
    ...rest,
    adapter,
    queries: noted.map(questionOf),
    recompute: true,
    keepIndex: false,
    scorer,
    ...(version !== undefined && existsSync(version) && { data: version }),
    ...(damping !== undefined && { damping }),
    ...(minimumShare !== undefined && { minimumShare }),
    ...(base !== undefined && { base: await base(adapter) }),
  })
  return noted.map((inference, i) => {
    const { inputTokens, outputTokens, influence } = attributions[i] as (typeof attributions)[number]
    const shares = influence
      .filter(({ share }) => share > 0)
      .map(({ id, contributor, share }) => ({
        recordId: id.toLowerCase() as NotedInference['shares'][number]['recordId'],
        contributor: (contributor ?? '').toLowerCase() as NotedInference['shares'][number]['contributor'],
        share,
      }))
    return { ...inference, inputTokens, outputTokens, shares }
  })
}

/** A prompt was noted as text, messages as their JSON; which of the two, the hash says. */
function questionOf({ inferenceId, prompt, promptHash, answer, answerHash }: NotedInference, i: number): Question {
  const asked = [() => prompt, () => JSON.parse(prompt) as Message[]].find((read) => hashOf(read) === promptHash)
  if (asked === undefined || keccak256(answer) !== answerHash) throw new OpenLedgerError('OL1850', { inferenceId })
  return { line: i + 1, prompt: asked(), answer, extra: {} }
}

function hashOf(read: () => unknown): string | undefined {
  try {
    return hashJson(read())
  } catch {
    return undefined
  }
}

/** The folder whose training manifest is the one that the model is registered with. */
async function adapterOf(
  connection: Connection,
  modelId: Hex,
  paths: WorkspacePaths,
  given: string | undefined,
): Promise<{ readonly adapter: string; readonly manifest: TrainingManifest }> {
  const { manifestHash } = await getModel(connection.client, { modelId })
  const names = await readdir(paths.adapters).catch(() => [])
  const folders = [...(given === undefined ? [] : [given]), ...names.map((name) => paths.adapter(name))]
  for (const folder of folders) {
    const manifest = await readManifest(folder).catch(() => undefined)
    if (manifest !== undefined && hashJson(manifest) === manifestHash) return { adapter: folder, manifest }
  }
  throw new OpenLedgerError('OL1849', { modelId, path: paths.adapters, manifestHash })
}

function isSame(before: NotedInference, after: NotedInference): boolean {
  if (before.inputTokens !== after.inputTokens || before.outputTokens !== after.outputTokens) return false
  const nameOf = ({ recordId, contributor }: NotedInference['shares'][number]): string => `${recordId} ${contributor}`
  const [left, right] = [before, after].map(({ shares }) => new Map(shares.map((each) => [nameOf(each), each.share])))
  const names = new Set([...(left?.keys() ?? []), ...(right?.keys() ?? [])])
  return [...names].every((name) => Math.abs((left?.get(name) ?? 0) - (right?.get(name) ?? 0)) <= tolerance)
}
