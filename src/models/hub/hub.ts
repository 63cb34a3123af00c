import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { reasonOf } from '../../files/reasonOf.js'
import { isCommit } from './hubCache.js'

export interface DownloadProgress {
  readonly file: string
  /** Bytes downloaded so far, over all files to download. */
  readonly done: number
  /** Bytes of all files to download. */
  readonly total: number
}

export interface HubOptions {
  readonly signal?: AbortSignal
  readonly onDownload?: (progress: DownloadProgress) => void
  /** Source of HF_TOKEN, HF_ENDPOINT and HF_HUB_OFFLINE; the cache folder always comes from the process's environment. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** A file of a model, as the Hub lists it. */
export interface HubFile {
  readonly path: string
  readonly size: number
  /** sha256 of a file in Git LFS, else the git object id. */
  readonly hash: string
  readonly kind: 'sha256' | 'git'
}

/** The Hub could not be reached, or could not answer. */
export class Unreachable extends Error {}

/** A client of the Hugging Face Hub for one model. */
export class Hub {
  readonly id: string
  readonly offline: boolean
  readonly #common: { hubUrl: string; fetch: typeof fetch } & ({ accessToken: string } | Record<never, never>)

  constructor(id: string, { signal, environment = process.env }: HubOptions) {
    const token = environment['HF_TOKEN']
    this.id = id
    this.offline = /^(1|true|yes|on)$/i.test(environment['HF_HUB_OFFLINE'] ?? '')
    this.#common = {
      hubUrl: (environment['HF_ENDPOINT'] || 'https://huggingface.co').replace(/\/+$/, ''),
      fetch: (url, init) => fetch(url, { ...init, ...(signal && { signal }) }),
      ...(token && { accessToken: token }),
    }
  }

  /** Resolves a branch, tag or commit to a commit. */
  commitOf(revision: string): Promise<string> {
    return this.#ask(revision, async ({ modelInfo }) => {
      const { sha } = await modelInfo({ ...this.#common, name: this.id, revision, additionalFields: ['sha'] })
      if (!isCommit(sha)) throw new Error(`the Hub names no commit but ${JSON.stringify(sha)}`)
      return sha
    })
  }

  files(commit: string): Promise<Map<string, HubFile>> {
    return this.#ask(commit, async ({ listFiles }) => {
      const files = new Map<string, HubFile>()
      for await (const { type, path, size, oid, lfs } of listFiles({
        ...this.#common,
        repo: this.id,
        revision: commit,
        recursive: true,
      })) {
        const hash = lfs?.oid ?? oid
        if (type !== 'file' || hash === undefined) continue
        if (!/^[0-9a-f]{40,64}$/.test(hash)) throw new Error(`the Hub names ${path} by ${JSON.stringify(hash)}`)
        files.set(path, { path, size: lfs?.size ?? size, hash, kind: lfs === undefined ? 'git' : 'sha256' })
      }
      return files
    })
  }

  /** Opens a file for reading from any byte. */
  open(path: string, commit: string): Promise<Blob | null> {
    return this.#ask(commit, ({ downloadFile }) =>
      // Xet is off: only plain HTTP resumes at any byte without decoding the part already downloaded.
      downloadFile({ ...this.#common, repo: this.id, path, revision: commit, xet: false }),
    )
  }

  async #ask<Answer>(
    revision: string,
    question: (hub: typeof import('@huggingface/hub')) => Promise<Answer>,
  ): Promise<Answer> {
    try {
      return await question(await import('@huggingface/hub'))
    } catch (cause) {
      throw this.#explain(cause, revision)
    }
  }

  #explain(cause: unknown, revision: string): unknown {
    const { hubUrl: hub } = this.#common
    const { name, statusCode: status } = cause as { readonly name?: string; readonly statusCode?: number }
    if (name === 'AbortError' || OpenLedgerError.is(cause)) return cause
    const reason = rootReason(cause)
    const details = { id: this.id, hub, revision, reason }
    if (status === 401 || status === 403) return new OpenLedgerError('OL1331', details, { cause })
    if (status === 404) return new OpenLedgerError('OL1332', details, { cause })
    // The client library rejects a malformed token before it sends anything. A server that is down or busy counts as
    // unreachable.
    if (status === undefined && /access token/i.test(reason)) return new OpenLedgerError('OL1331', details, { cause })
    return new Unreachable(reason, { cause })
  }
}

/** The innermost reason of a failed request: fetch itself says only "fetch failed". */
export function rootReason(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown }
  return reasonOf(cause ?? error) || reasonOf(error)
}
