import type { ParsedRecord } from '../../records/parseRecord.js'
import type { RecordContent } from '../../records/RecordContent.js'
import { passagesOf, recordTexts } from '../../records/recordTexts.js'
import { RecordCopies } from '../../text/RecordCopies.js'
import { statedWords } from '../../text/words.js'

/** A record that repeats an earlier one. */
export interface Duplicate {
  readonly recordId: `0x${string}`
  readonly line: number
  /** The earlier record; it has the same id when the content is the same. */
  readonly duplicateOf: `0x${string}`
  /** `content`: equal byte for byte. `words`: equal except for case, white space, punctuation and Unicode forms. */
  readonly kind: 'content' | 'words'
  readonly reason: string
}

/** How a record repeats earlier ones. */
export interface Finding {
  readonly duplicate?: Duplicate
  /** The earlier record of which this one is a copy with small changes. */
  readonly near?: { readonly recordId: `0x${string}`; readonly similarity: number }
  /**
   * The record with the same words that a reviewer rejected from another contributor. It does not block other contributors. It
   * may have the same id.
   */
  readonly rejected?: `0x${string}`
}

/** A record to compare with others. */
export interface ComparedRecord {
  readonly id: `0x${string}`
  readonly contributor: string
  readonly content: RecordContent
}

/** The decisions on a stored record. */
export interface RecordState {
  /** Whether the record repeats another one, which holds their common words. */
  readonly repeats: boolean
  readonly isRejected: boolean
}

/** Finds earlier records that a record repeats. The caller passes the records in the order of the Datanet. */
export interface DuplicateFinder {
  /** Compares a record with those remembered. */
  find(record: ComparedRecord & Pick<ParsedRecord, 'line'>): Finding
  /** Adds a record, for comparison with later ones. */
  remember(record: ComparedRecord, state: RecordState): void
}

/**
 * Makes a finder without records.
 *
 * @example
 * const finder = duplicateFinder()
 * for (const record of records) {
 *   const { duplicate, near } = finder.find(record)
 *   finder.remember(record, { repeats: duplicate !== undefined, isRejected: false })
 * }
 */
export function duplicateFinder(): DuplicateFinder {
  type Earlier = Pick<ComparedRecord, 'id' | 'contributor'>
  const byId = new Map<string, Earlier>()
  /** The record that holds its words, for each different text. */
  const byWords = new Map<string, Earlier & { readonly isRejected: boolean }>()
  const copies = new RecordCopies()
  /** The ids of the records in `copies`, by its numbers. */
  const compared: `0x${string}`[] = []
  const wordsOf = (content: RecordContent): string => statedWords(recordTexts(content).join('\n')).join(' ')

  return {
    find({ id: recordId, line, contributor, content }) {
      const same = byId.get(recordId)
      const holder = byWords.get(wordsOf(content))
      const isTheirs = [same, holder].some((earlier) => earlier?.contributor === contributor)
      if (holder?.isRejected && !isTheirs) return { near: { recordId: holder.id, similarity: 1 }, rejected: holder.id }
      const alike = same ?? holder
      if (alike !== undefined) {
        const kind = same === undefined ? 'words' : 'content'
        const reason = `${kind === 'words' ? 'has the words' : 'is the content'} of ${alike.id}, which ${alike.contributor} added first`
        return { duplicate: { recordId, line, duplicateOf: alike.id, kind, reason } }
      }
      const copy = copies.find(copies.sketch(passagesOf(content)))
      if (copy === undefined) return {}
      return { near: { recordId: compared[copy.of] as `0x${string}`, similarity: copy.part } }
    },
    remember({ id, contributor, content }, { repeats, isRejected }) {
      const words = wordsOf(content)
      const holder = byWords.get(words)
      if (!repeats || !byId.has(id)) byId.set(id, { id, contributor })
      if (holder === undefined || (holder.isRejected && !repeats)) byWords.set(words, { id, contributor, isRejected })
      if (holder !== undefined) return
      const sketch = copies.sketch(passagesOf(content))
      copies.count(sketch)
      copies.add(sketch)
      compared.push(id)
    },
  }
}
