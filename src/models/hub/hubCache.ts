import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, copyFile, mkdir, open, readFile, rename, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { z } from 'zod'
import { writeFileAtomic } from '../../files/writeFileAtomic.js'
import { readModelJson } from '../readModelJson.js'

/** Files of a model except its weights; the first two are required. */
export const modelFiles = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'chat_template.jinja',
  'special_tokens_map.json',
  'generation_config.json',
] as const
export const requiredFiles: readonly string[] = modelFiles.slice(0, 2)

export const weightsName = 'model.safetensors'
export const weightsIndexName = 'model.safetensors.index.json'

const commitPattern = /^[0-9a-f]{40}$/
const indexSchema = z.object({ weight_map: z.record(z.string(), z.string().regex(/^[^/\\]+\.safetensors$/)) })

export const isCommit = (revision: string): boolean => commitPattern.test(revision)

/** The shards that a safetensors index names. */
export async function shardsOf(indexPath: string): Promise<string[]> {
  const { weight_map } = indexSchema.parse(await readModelJson(indexPath))
  return [...new Set(Object.values(weight_map))].sort()
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/**
 * One model in the cache that all Hugging Face tools share
 * (https://huggingface.co/docs/huggingface_hub/guides/manage-cache). `blobs` contains the files, named by their hash;
 * `snapshots/<commit>` links to them; `refs` contains the last known commit of each branch or tag.
 */
export class CachedRepository {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** The commit of a revision, if the cache knows it. */
  async commitOf(revision: string): Promise<string | undefined> {
    if (isCommit(revision)) return revision
    const commit = await readFile(join(this.#folder, 'refs', revision), 'utf8').catch(() => '')
    return isCommit(commit.trim()) ? commit.trim() : undefined
  }

  async remember(revision: string, commit: string): Promise<void> {
    if (revision !== commit) await writeFileAtomic(join(this.#folder, 'refs', revision), commit)
  }

  snapshot(commit: string): string {
    return join(this.#folder, 'snapshots', commit)
  }

  /** The files that a snapshot lacks before a model can be opened from it. */
  async missingOf(commit: string): Promise<string[]> {
    const folder = this.snapshot(commit)
    const wanted = [...requiredFiles]
    if (await exists(join(folder, weightsName))) wanted.push(weightsName)
    else if (await exists(join(folder, weightsIndexName)))
      wanted.push(...(await shardsOf(join(folder, weightsIndexName))))
    else wanted.push(weightsName)
    const there = await Promise.all(wanted.map((name) => exists(join(folder, name))))
    return wanted.filter((_, i) => !there[i])
  }

  has(commit: string, name: string): Promise<boolean> {
    return exists(join(this.snapshot(commit), name))
  }

  /** The path of a completely downloaded file. */
  blob(hash: string): string {
    return join(this.#folder, 'blobs', hash)
  }

  hasBlob(hash: string): Promise<boolean> {
    return exists(this.blob(hash))
  }

  /** Moves a completely downloaded file to its blob. */
  async keep(incomplete: string, hash: string): Promise<void> {
    const file = await open(incomplete, 'r+')
    await file.sync().finally(() => file.close())
    await rename(incomplete, this.blob(hash))
  }

  /** Links a blob into a snapshot. */
  async link(commit: string, name: string, hash: string): Promise<void> {
    const path = join(this.snapshot(commit), name)
    await mkdir(dirname(path), { recursive: true })
    await symlink(relative(dirname(path), this.blob(hash)), path).catch(async (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EEXIST') return
      // Windows lets few users create links; for the others the file is copied.
      if (cause.code !== 'EPERM') throw cause
      await copyFile(this.blob(hash), path)
    })
  }
}

/** The hash of a file as the Hub lists it: Git LFS's sha256, or git's sha1 of the blob. */
export async function hashOf(path: string, size: number, kind: 'sha256' | 'git'): Promise<string> {
  const hash = createHash(kind === 'git' ? 'sha1' : 'sha256')
  if (kind === 'git') hash.update(`blob ${size}\0`)
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
