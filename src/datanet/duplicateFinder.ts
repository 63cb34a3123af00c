import type { Database } from 'better-sqlite3'
import { keccak256 } from '../files/canonicalJson.js'
import { bandCount, bandKeys, jaccard, nearDuplicateSimilarity, shingles } from './minHash.js'
import { normalisedWords } from './normalisedWords.js'
import { type ParsedRecord, type RecordContent, textOf } from './parseRecord.js'

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

interface Finding {
  readonly normalHash: string
  readonly bands: readonly number[]
  readonly duplicate?: Duplicate
  readonly near?: { readonly recordId: `0x${string}`; readonly similarity: number }
}

const wordsOf = (content: RecordContent) => normalisedWords(textOf(content))

/**
 * Looks a record up among those of the store. To be used inside one write transaction, so that no other process adds the same
 * record meanwhile.
 */
export function duplicateFinder(database: Database) {
  type Earlier = { id: `0x${string}`; contributor: string }
  const byId = database.prepare<[string], Earlier>('SELECT id, contributor FROM records WHERE id = ?')
  const byNormalHash = database.prepare<[string], Earlier>(
    'SELECT id, contributor FROM records WHERE normalHash = ? ORDER BY sequence LIMIT 1',
  )
  const inBands = database.prepare<unknown[], { id: `0x${string}`; content: string }>(
    `WITH wanted (band, key) AS (VALUES ${Array.from({ length: bandCount }, () => '(?, ?)').join(', ')})
     SELECT id, content FROM records
     WHERE id IN (SELECT record FROM bands JOIN wanted USING (band, key)) ORDER BY sequence`,
  )
  const remember = database.prepare('INSERT INTO bands (band, key, record) VALUES (?, ?, ?)')

  function nearest(set: ReadonlySet<string>, bands: readonly number[]): Finding['near'] {
    let best: Finding['near']
    for (const { id, content } of inBands.iterate(...bands.flatMap((key, band) => [band, key]))) {
      const similarity = jaccard(set, shingles(wordsOf(JSON.parse(content) as RecordContent)))
      // The earliest of equally similar ones.
      if (similarity >= nearDuplicateSimilarity && similarity > (best?.similarity ?? 0))
        best = { recordId: id, similarity }
    }
    return best
  }

  return {
    /** What the store holds that a record repeats or resembles. */
    find(record: ParsedRecord): Finding {
      const words = wordsOf(record.content)
      const set = shingles(words)
      const normalHash = keccak256(words.join(' '))
      const bands = bandKeys(set)
      const { id: recordId, line } = record
      const same = byId.get(recordId)
      const alike = same ?? byNormalHash.get(normalHash)
      if (alike !== undefined) {
        const kind = same === undefined ? 'words' : 'content'
        const reason = `${kind === 'words' ? 'has the words' : 'is the content'} of ${alike.id}, which ${alike.contributor} added first`
        return { normalHash, bands, duplicate: { recordId, line, duplicateOf: alike.id, kind, reason } }
      }
      const near = nearest(set, bands)
      return near === undefined ? { normalHash, bands } : { normalHash, bands, near }
    },
    /** Lets later records find this one. */
    remember(recordId: string, bands: readonly number[]): void {
      for (const [band, key] of bands.entries()) remember.run(band, key, recordId)
    },
  }
}
