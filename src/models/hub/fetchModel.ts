import { mkdir, open, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'
import { isFurtherTemplate } from '../chat/chatFiles.js'
import { Hub, type HubFile, type HubOptions, rootReason, Unreachable } from './hub.js'
import {
  CachedRepository,
  hashOf,
  modelFiles,
  requiredFiles,
  shardsOf,
  weightsIndexName,
  weightsName,
} from './hubCache.js'

/** Attempts to download a file; each resumes at the byte that the last one reached. */
const attempts = 5

/**
 * Downloads the files of a model that are needed and not in the cache yet. With HF_HUB_OFFLINE, or if the Hub cannot be
 * reached, it uses the cache alone.
 *
 * @param id `owner/name`
 * @returns the snapshot's folder and the commit of the revision
 * @throws OL1331 when the Hub refuses, OL1332 when it has no such model or revision, OL1333 when it cannot be reached and
 * the cache lacks files, OL1334 when a file arrives damaged, OL1335 when the connection breaks, OL1336 when the model has
 * none of the files needed
 */
export async function fetchModel(
  id: string,
  revision: string,
  options: HubOptions = {},
): Promise<{ readonly path: string; readonly revision: string }> {
  const { getHFHubCachePath, getRepoFolderName } = await import('@huggingface/hub')
  const cache = new CachedRepository(join(getHFHubCachePath(), getRepoFolderName({ type: 'model', name: id })))
  const hub = new Hub(id, options)
  try {
    if (hub.offline) throw new Unreachable('HF_HUB_OFFLINE is set')
    const commit = await hub.commitOf(revision)
    await cache.remember(revision, commit)
    await new Download(hub, cache, commit, options).run()
    return { path: cache.snapshot(commit), revision: commit }
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    const commit = await cache.commitOf(revision)
    const missing = commit === undefined ? [`any file of revision ${revision}`] : await cache.missingOf(commit)
    if (commit !== undefined && missing.length === 0) return { path: cache.snapshot(commit), revision: commit }
    const details = { id, reason: error.message, missing: missing.join(', '), cache: getHFHubCachePath() }
    throw new OpenLedgerError('OL1333', details, { cause: error })
  }
}

/** Downloads the needed files of one commit into the cache, weights last. */
class Download {
  readonly #hub: Hub
  readonly #cache: CachedRepository
  readonly #commit: string
  readonly #options: HubOptions
  #done = 0
  #total = 0

  constructor(hub: Hub, cache: CachedRepository, commit: string, options: HubOptions) {
    this.#hub = hub
    this.#cache = cache
    this.#commit = commit
    this.#options = options
  }

  async run(): Promise<void> {
    const files = await this.#hub.files(this.#commit)
    const named = (names: readonly string[]): HubFile[] =>
      names.map((name) => files.get(name)).filter((file) => file !== undefined)
    const single = files.has(weightsName)
    const lacking = requiredFiles.filter((name) => !files.has(name))
    if (!single && !files.has(weightsIndexName)) lacking.push(weightsName)
    if (lacking.length > 0) throw new OpenLedgerError('OL1336', { id: this.#hub.id, missing: lacking.join(', ') })

    const templates = [...files.keys()].filter(isFurtherTemplate).sort()
    const small = named([...modelFiles, ...templates, ...(single ? [] : [weightsIndexName])])
    if (single) return this.#fetchAll([...small, ...named([weightsName])])
    await this.#fetchAll(small)
    const shards = await shardsOf(join(this.#cache.snapshot(this.#commit), weightsIndexName))
    const absent = shards.filter((name) => !files.has(name))
    if (absent.length > 0) throw new OpenLedgerError('OL1336', { id: this.#hub.id, missing: absent.join(', ') })
    await this.#fetchAll(named(shards))
  }

  async #fetchAll(files: readonly HubFile[]): Promise<void> {
    const there = await Promise.all(files.map(({ path }) => this.#cache.has(this.#commit, path)))
    const wanted = files.filter((_, i) => !there[i])
    this.#total = wanted.reduce((sum, { size }) => sum + size, 0)
    this.#done = 0
    for (const file of wanted) {
      if (!(await this.#cache.hasBlob(file.hash))) await this.#fetch(file)
      await this.#cache.link(this.#commit, file.path, file.hash)
    }
  }

  async #fetch(file: HubFile): Promise<void> {
    const { path, size, hash, kind } = file
    const incomplete = `${this.#cache.blob(hash)}.incomplete`
    const damaged = async (reason: string): Promise<never> => {
      await rm(incomplete, { force: true })
      throw new OpenLedgerError('OL1334', { file: path, id: this.#hub.id, reason })
    }
    await this.#making(incomplete, () => mkdir(dirname(incomplete), { recursive: true }))
    const before = this.#done
    let stalled = 0
    for (let attempt = 1; ; attempt++) {
      const have = await sizeOf(incomplete)
      if (have > size) await damaged(`${have} bytes are here, and it has ${size}`)
      this.#tell(path, before + have)
      if (have === size) break
      const blob = await this.#hub.open(path, this.#commit)
      if (blob === null || blob.size !== size)
        return damaged(`the Hub lists it with ${size} bytes and offers ${blob?.size ?? 'nothing'}`)
      try {
        await this.#append(blob.slice(have), incomplete, file, before + have)
      } catch (cause) {
        if (this.#options.signal?.aborted) throw cause
        if (isSystemError(cause))
          throw new OpenLedgerError('OL1901', { path: incomplete, reason: reasonOf(cause) }, { cause })
        const now = await sizeOf(incomplete)
        // A connection can break before its first bytes are read, so that one attempt without progress proves nothing.
        stalled = now === have ? stalled + 1 : 0
        if (attempt >= attempts || stalled > 1)
          throw new OpenLedgerError(
            'OL1335',
            { file: path, id: this.#hub.id, done: now, size, reason: rootReason(cause) },
            { cause },
          )
        await wait(50 * 2 ** attempt)
      }
    }
    const found = await hashOf(incomplete, size, kind)
    if (found !== hash)
      await damaged(`its ${kind === 'git' ? 'git object id' : 'sha256'} is ${found} and should be ${hash}`)
    await this.#making(incomplete, () => this.#cache.keep(incomplete, hash))
    this.#done = before + size
  }

  /** Appends a blob to a file. What it reports as done is in the file, and stays there when the connection breaks. */
  async #append(blob: Blob, incomplete: string, { path }: HubFile, before: number): Promise<void> {
    const { signal } = this.#options
    let done = before
    const file = await open(incomplete, 'a')
    // The stream is made after the file: an error that it emits before anything listens would end the process.
    const chunks = Readable.fromWeb(blob.stream() as Parameters<typeof Readable.fromWeb>[0], {
      ...(signal && { signal }),
    })
    try {
      for await (const chunk of chunks as AsyncIterable<Buffer>) {
        await file.appendFile(chunk)
        done += chunk.length
        this.#tell(path, done)
      }
    } finally {
      await file.close()
    }
  }

  #tell(file: string, done: number): void {
    this.#options.onDownload?.({ file, done, total: this.#total })
  }

  async #making(path: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (cause) {
      throw new OpenLedgerError('OL1901', { path, reason: reasonOf(cause) }, { cause })
    }
  }
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  )

/** Whether an error came from the disk rather than the network. */
const isSystemError = (error: unknown): boolean =>
  ['ENOSPC', 'EACCES', 'EROFS', 'EDQUOT', 'EIO', 'EFBIG', 'EPERM'].includes(String((error as { code?: unknown }).code))
