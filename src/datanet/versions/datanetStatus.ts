import type {
  Contributor,
  DatanetInfo,
  DatanetStore,
  Publication,
  RecordStatus,
  VersionRow,
} from '../store/DatanetStore.js'
import { takeSnapshot } from './takeSnapshot.js'

/** Number of records of each status. */
export type StatusCounts = Readonly<Record<RecordStatus, number>>

export interface DatanetStatus {
  readonly datanet: DatanetInfo
  readonly records: StatusCounts & {
    /** Pending records that a reviewer has to compare with an earlier one. */
    readonly nearDuplicates: number
  }
  readonly contributors: readonly (Contributor & StatusCounts)[]
  readonly versions: readonly (VersionRow & { readonly publications: readonly Publication[] })[]
  /** The next step: `add` records, `review` pending ones, make a `version`, `publish` it, or `none`. */
  readonly next: 'add' | 'review' | 'version' | 'publish' | 'none'
}

/** Counts a Datanet's records by status and contributor, lists its versions, and suggests the next step. */
export function datanetStatus(store: DatanetStore): DatanetStatus {
  // In one read transaction all numbers belong to the same moment.
  return store.database.transaction(() => {
    const rows = store.database
      .prepare<[], { contributor: string; status: RecordStatus; count: number }>(
        'SELECT contributor, status, count(*) AS count FROM records GROUP BY contributor, status',
      )
      .all()
    const countsOf = (contributor?: string): StatusCounts => {
      const counts = { pending: 0, approved: 0, rejected: 0 }
      for (const row of rows)
        if (contributor === undefined || row.contributor === contributor) counts[row.status] += row.count
      return counts
    }
    const near = store.database
      .prepare<[], { count: number }>(
        "SELECT count(*) AS count FROM records WHERE status = 'pending' AND nearDuplicateOf IS NOT NULL",
      )
      .get()
    const publications = store.publications()
    const versions = store.versions().map((row) => ({
      ...row,
      publications: publications.filter(({ version }) => version === row.version),
    }))
    const counts = countsOf()
    return {
      datanet: store.info,
      records: { ...counts, nearDuplicates: near?.count ?? 0 },
      contributors: store.contributors().map((contributor) => ({ ...contributor, ...countsOf(contributor.address) })),
      versions,
      next: nextStep(counts, versions, takeSnapshot(store).contentHash),
    }
  })()
}

function nextStep(
  counts: StatusCounts,
  versions: DatanetStatus['versions'],
  contentHash: string,
): DatanetStatus['next'] {
  if (counts.pending > 0) return 'review'
  if (counts.approved === 0) return 'add'
  const latest = versions.at(-1)
  if (latest?.contentHash !== contentHash) return 'version'
  return latest.publications.length === 0 ? 'publish' : 'none'
}
