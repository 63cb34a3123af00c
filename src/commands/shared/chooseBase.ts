import { isHubReference } from '../../config/baseReference.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { manifestBase, readManifest } from '../../lora/plan/manifest.js'
import { adapterBase } from '../../models/adapter/adapterConfig.js'
import { bundledBase } from '../../models/base/bundledBase.js'
import type { DownloadProgress } from '../../models/hub/hub.js'
import { type ResolvedBase, resolveBase } from '../../models/hub/resolveBase.js'
import type { Output } from '../../terminal/createOutput.js'
import type { Progress } from '../../terminal/Progress.js'
import type { CommandContext } from './CommandContext.js'

interface Choice {
  /** What was given for `--base`. */
  readonly base: string | undefined
  readonly revision: string | undefined
  /** An adapter knows the base that it was trained on. */
  readonly adapter?: string | undefined
}

/**
 * The base model that a command is to work with: the one given, the adapter's own, the configured, or the bundled one.
 * One of the Hugging Face Hub is fetched where it is not in the cache, and its progress shown.
 */
export async function chooseBase({ config, output, signal }: CommandContext, choice: Choice): Promise<ResolvedBase> {
  const { base, revision, adapter } = choice
  const chosen = base ?? (adapter && (await baseOf(adapter))) ?? config.base ?? bundledBase
  if (revision !== undefined && !isHubReference(chosen)) throw new OpenLedgerError('OL1330', { revision, base: chosen })
  const reference = revision === undefined ? chosen : `${chosen.split('@')[0]}@${revision}`
  return resolveBase(reference, { signal, onDownload: downloadView(output) })
}

/** Adapters of other tools have no manifest, but say where their base came from. */
const baseOf = (adapter: string): Promise<string | undefined> =>
  readManifest(adapter)
    .then(manifestBase, () => adapterBase(adapter))
    // What is wrong with the adapter is told when it is opened.
    .catch(() => undefined)

function downloadView(output: Output): (progress: DownloadProgress) => void {
  let progress: Progress | undefined
  let size = 0
  return ({ file, done, total }) => {
    const [unit, bytes] = total >= 1e7 ? (['MB', 1e6] as const) : (['kB', 1e3] as const)
    if (total !== size) progress = output.progress({ title: 'Fetch', total: Math.ceil(total / bytes), unit })
    size = total
    if (done < total) progress?.update(Math.floor(done / bytes), file)
    else {
      progress?.update(Math.ceil(total / bytes), file)
      progress?.finish()
    }
  }
}
