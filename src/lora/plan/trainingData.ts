import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { BaseModel } from '../../models/base/BaseModel.js'
import { labelCount } from '../../models/data/batch.js'
import { encodeRecords } from '../../models/data/encodeRecords.js'
import { type Example, endTokensOf } from '../../models/data/example.js'
import { Random } from '../../models/random.js'
import type { RecordFormat } from '../../records/recordShapes.js'
import {
  countFormats,
  readTrainingRecords,
  type TrainingRecord,
  type TrainingRecords,
} from '../../records/trainingRecord.js'
import type { TrainingSettings } from '../settings/settings.js'

/** A record and what the model reads of it. */
export interface EncodedRecord {
  readonly record: TrainingRecord
  readonly example: Example
}

export interface TrainingData {
  readonly train: readonly EncodedRecord[]
  readonly held: readonly EncodedRecord[]
  readonly report: DataReport
}

/** What became of the records of the data files. */
export interface DataReport {
  /** The files in their order: sha256 of the bytes that were read, and the records of each. */
  readonly files: TrainingRecords['files']
  /** Columns that no record was read from. */
  readonly unreadColumns: readonly string[]
  /** Records by their shape; shapes that none has are left out. */
  readonly formats: Partial<Record<RecordFormat, number>>
  /** Records that did not fit into the maximum length, the tokens cut off, and how many records lost what ends an answer. */
  readonly truncatedRecords: number
  readonly truncatedTokens: number
  readonly lostEnds: number
  /** Records left out because nothing to learn was within the maximum length. */
  readonly droppedRecords: number
  /** Whether a token that ends a turn or a text is among what is learned; without one the model never learns to stop. */
  readonly learnsToStop: boolean
}

type DataSettings = Pick<TrainingSettings, 'map' | 'maxLength' | 'lossOn' | 'evalSplit' | 'seed'>

/**
 * Reads data files and decides, by the settings alone, which of their records are trained on and which are held out. Run
 * again on the same files it gives the same, so attribution sees what training saw.
 *
 * @throws what {@link readTrainingRecords} throws of bad records, OL1358 of one that the chat template cannot render, OL1401
 * when no record has anything to learn
 */
export async function readTrainingData(
  base: BaseModel,
  paths: readonly string[],
  settings: DataSettings,
  signal?: AbortSignal,
): Promise<TrainingData> {
  const { all, usable, files, unread } = await readUsable(base, paths, settings, signal)
  const cut = all.filter(({ example }) => example.truncated > 0)
  const ends = endTokensOf(base)
  const report: DataReport = {
    files,
    unreadColumns: unread,
    formats: countFormats(all.map(({ record }) => record)),
    truncatedRecords: cut.length,
    truncatedTokens: cut.reduce((sum, { example }) => sum + example.truncated, 0),
    lostEnds: cut.filter(({ example }) => example.lostEnd).length,
    droppedRecords: all.length - usable.length,
    learnsToStop: usable.some(({ example: { ids, labelled } }) => ids.some((id, t) => labelled[t] && ends.has(id))),
  }
  return { ...split(usable, settings), report }
}

/**
 * Every record of a file that has something to predict, none held out.
 *
 * @throws as {@link readTrainingData}
 */
export async function readEvaluationData(
  base: BaseModel,
  path: string,
  settings: DataSettings,
  signal?: AbortSignal,
): Promise<{ readonly records: readonly EncodedRecord[]; readonly sha256: `0x${string}` }> {
  const { usable, files } = await readUsable(base, [path], settings, signal)
  return { records: usable, sha256: (files[0] as TrainingRecords['files'][number]).sha256 }
}

async function readUsable(
  base: BaseModel,
  paths: readonly string[],
  settings: DataSettings,
  signal: AbortSignal | undefined,
) {
  const { records, files, unread } = await readTrainingRecords(paths, settings.map, signal)
  const limit = maximumLength(base, settings)
  const examples = await encodeRecords(base, records, {
    maximumLength: limit,
    lossOn: settings.lossOn,
    ...(signal && { signal }),
  })
  const all = records.map((record, i): EncodedRecord => ({ record, example: examples[i] as Example }))
  const usable = all.filter(({ example }) => labelCount(example) > 0)
  if (usable.length === 0) throw new OpenLedgerError('OL1401', { path: paths.join(', '), records: all.length, limit })
  return { all, usable, files, unread }
}

const maximumLength = ({ config }: BaseModel, { maxLength }: DataSettings): number =>
  Math.min(maxLength ?? config.maximumLength, config.maximumLength)

/** Holds a share of the records back, chosen by the seed. At least one record stays on each side. */
function split(
  records: readonly EncodedRecord[],
  { evalSplit, seed }: DataSettings,
): Pick<TrainingData, 'train' | 'held'> {
  if (evalSplit === 0 || records.length < 2) return { train: records, held: [] }
  const count = Math.min(records.length - 1, Math.max(1, Math.round(records.length * evalSplit)))
  const chosen = new Set(new Random(seed ^ 0x5eed).shuffle([...records.keys()]).slice(0, count))
  return { train: records.filter((_, i) => !chosen.has(i)), held: records.filter((_, i) => chosen.has(i)) }
}
