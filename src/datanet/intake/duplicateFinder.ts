import type { ParsedRecord } from '../../records/parseRecord.js'
import type { RecordContent } from '../../records/RecordContent.js'
import { passagesOf, recordTexts } from '../../records/recordTexts.js'
import { RecordCopies } from '../../text/RecordCopies.js'
import { statedWords } from '../../text/words.js'

/** A record that repeats an earlier one. */
export interface Duplicate {
  readonly recordId: `0x${string}`
  readonly line: number
  /** The earlier record; the same id where the content is the same. */
  readonly duplicateOf: `0x${string}`
  /** `content`: byte for byte. `words`: apart from case, white space, punctuation and Unicode forms. */
  readonly kind: 'content' | 'words'
  readonly reason: string
}

/** What a record repeats of earlier ones. */
export interface Finding {
  readonly duplicate?: Duplicate
  /** The earlier record of which it is a copy but for small changes. */
  readonly near?: { readonly recordId: `0x${string}`; readonly similarity: number }
  /**
   * The record with the same words that a reviewer rejected from another contributor: it holds them against nobody else. It can
   * have the same id.
   */
  readonly rejected?: `0x${string}`
}

/** A record among which duplicates are looked for. */
export interface ComparedRecord {
  readonly id: `0x${string}`
  readonly contributor: string
  readonly content: RecordContent
}

/** What became of a record. */
export interface RecordState {
  /** Whether a record with the same words holds them. */
  readonly repeats: boolean
  readonly isRejected: boolean
}

/** Finds what a record repeats of those that it was shown before; records have to be shown in the order of the Datanet. */
export interface DuplicateFinder {
  /** What a record repeats. */
  find(record: ComparedRecord & Pick<ParsedRecord, 'line'>): Finding
  /** Lets later records be found to repeat this one. */
  remember(record: ComparedRecord, state: RecordState): void
}

/**
 * A finder that knows no record yet.
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
  /** Of the records with the same words the one that holds them. */
  const byWords = new Map<string, Earlier & { readonly isRejected: boolean }>()
  const copies = new RecordCopies()
  /** The ids of the records that `copies` knows, by its numbers. */
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
