import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import type { BaseModel } from '../models/BaseModel.js'
import { labelCount } from '../models/batch.js'
import { type Example, encodeRecord, endTokensOf } from '../models/example.js'
import { Random } from '../models/random.js'
import type { RecordFormat } from '../models/recordContent.js'
import { countFormats, readTrainingRecords, type TrainingRecord } from '../models/trainingRecord.js'
import type { TrainingSettings } from './settings.js'

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

/** What became of the records of a file. */
export interface DataReport {
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

type DataSettings = Pick<TrainingSettings, 'maxLength' | 'lossOn' | 'evalSplit' | 'seed'>

/**
 * Reads a data file and decides, by the settings alone, which of its records are trained on and which are held out. Run
 * again on the same file it gives the same, so attribution sees what training saw.
 *
 * @throws OL1311 and OL1312 of bad records, OL1401 when no record has anything to learn
 */
export async function readTrainingData(base: BaseModel, path: string, settings: DataSettings): Promise<TrainingData> {
  const { all, usable } = await readUsable(base, path, settings)
  const cut = all.filter(({ example }) => example.truncated > 0)
  const ends = endTokensOf(base)
  const report: DataReport = {
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
 * @throws OL1311 and OL1312 of bad records, OL1401 when no record has anything to predict
 */
export async function readEvaluationData(
  base: BaseModel,
  path: string,
  settings: DataSettings,
): Promise<EncodedRecord[]> {
  return (await readUsable(base, path, settings)).usable
}

async function readUsable(base: BaseModel, path: string, settings: DataSettings) {
  const all = await encodeFile(base, path, settings)
  const usable = all.filter(({ example }) => labelCount(example) > 0)
  const limit = maximumLength(base, settings)
  if (usable.length === 0) throw new OpenLedgerError('OL1401', { path, records: all.length, limit })
  return { all, usable }
}

const maximumLength = ({ config }: BaseModel, { maxLength }: DataSettings): number =>
  Math.min(maxLength ?? config.maximumLength, config.maximumLength)

async function encodeFile(base: BaseModel, path: string, settings: DataSettings): Promise<EncodedRecord[]> {
  const options = { maximumLength: maximumLength(base, settings), lossOn: settings.lossOn }
  const records = await readTrainingRecords(path)
  return records.map((record) => ({ record, example: encodeRecord(base, record.content, options) }))
}

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
