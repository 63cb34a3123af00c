import { recordTexts } from '../../records/recordTexts.js'
import type { Answered } from '../ask/answerQuestions.js'
import type { Question } from '../ask/questions.js'
import type { Trained } from '../index/openTrained.js'
import { recordOriginals } from '../shares/recordOriginals.js'
import { attributionShares } from '../shares/shares.js'
import { answerSpans } from '../spans/answerSpans.js'
import { bm25 } from '../spans/bm25.js'
import type { Attribution, RecordInfluence } from './Attribution.js'

/** The copies among training records. */
export interface Copies {
  /** For each training record the index of the record that it copies; an original has its own. */
  readonly originals: Int32Array
  /** For each training record the id of the record that it copies, if any. */
  readonly copyOf: readonly (string | undefined)[]
}

/**
 * Finds the training records that are copies: of one another, or of an earlier record that was held out.
 *
 * @throws OL1518, OL1519 when the order of the records is not known
 */
export function copiesAmong({ records, held }: Pick<Trained, 'records' | 'held'>): Copies {
  const all = [...records, ...held].map(({ record }) => record)
  const originals = recordOriginals(all).subarray(0, records.length)
  return { originals, copyOf: Array.from(originals, (original, i) => (original === i ? undefined : all[original]?.id)) }
}

/**
 * Prepares the report on answers: the lexical baseline and the index of spans are built once.
 *
 * @returns a function that reports on one answer, given the score of every record and the loss
 */
export function attributionOf(
  { base, manifest, records }: Trained,
  { originals, copyOf }: Copies,
  minimumShare: number | undefined,
): (answered: Answered, scores: Float64Array, loss: number) => Attribution {
  const texts = records.map(({ record }) => recordTexts(record.content).join(' '))
  const lexicalScores = bm25(texts)
  const spansOf = answerSpans(
    base.tokenizer,
    records.map(({ record }, i) => ({ id: record.id, text: texts[i] as string })),
  )
  const contributors = records.map(({ record }) => record.contributor ?? '')
  const sharesOf = (scores: Float64Array) =>
    attributionShares({ scores, originals, contributors, ...(minimumShare !== undefined && { minimumShare }) })

  return ({ question, answer, generated, example, promptTokens }, scores, loss) => {
    const overlap = lexicalScores(`${promptText(question)} ${answer}`)
    const shares = sharesOf(scores)
    const lexical = sharesOf(overlap)
    const influence = records.map(({ record }, i): RecordInfluence => {
      const share = shares.outcome === 'attributed' ? (shares.records[i] as number) : 0
      return {
        id: record.id,
        ...(manifest.data.files && { file: record.path }),
        line: record.line,
        contributor: record.contributor ?? null,
        score: scores[i] as number,
        share,
        ...(copyOf[i] !== undefined && { copyOf: copyOf[i] }),
        bm25: overlap[i] as number,
        ...(share > 0 && { excerpt: excerptOf(texts[i] as string) }),
      }
    })
    return {
      question,
      answer,
      generated,
      inputTokens: promptTokens,
      outputTokens: example.ids.length - promptTokens,
      loss,
      outcome: shares.outcome,
      influence: influence.sort((a, b) => b.share - a.share || b.score - a.score),
      contributors: shares.outcome === 'attributed' ? shares.contributors : [],
      spans: spansOf(answer),
      lexical: lexical.outcome === 'attributed' ? lexical.contributors : [],
    }
  }
}

const excerptLength = 120

function excerptOf(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= excerptLength ? line : `${line.slice(0, excerptLength - 1).replace(/\s+\S*$/, '')}…`
}

const promptText = ({ prompt }: Question): string =>
  typeof prompt === 'string' ? prompt : prompt.map(({ content }) => content).join(' ')
