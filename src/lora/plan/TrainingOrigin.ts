import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { TrainingSettings } from '../settings/settings.js'
import { dataFiles, type TrainingManifest } from './manifest.js'

/** What decides every step of a training; a part of its manifest and of its checkpoints. */
export type TrainingOrigin = Pick<TrainingManifest, 'base' | 'settings' | 'evalData' | 'initAdapter'> & {
  readonly data: Pick<TrainingManifest['data'], 'path' | 'sha256' | 'files'>
}

/** Settings that change nothing about the adapter. */
const harmless: ReadonlySet<string> = new Set<keyof TrainingSettings>(['saveSteps', 'saveTotalLimit'])

/**
 * Makes sure that a training goes on as what it began as.
 *
 * @param path the checkpoint or adapter that `kept` is of
 * @throws OL1421 when the base model or the data have changed, OL1422 when the settings have, naming each
 */
export function checkOrigin(path: string, kept: TrainingOrigin, now: TrainingOrigin): void {
  const same = (what: string, at: string, found: string | undefined, wanted: string | undefined): void => {
    if (found !== wanted)
      throw new OpenLedgerError('OL1421', { what, path: at, found: found ?? 'none', wanted: wanted ?? 'none' })
  }
  same('base model', now.base.path, now.base.hash, kept.base.hash)
  const [files, keptFiles] = [dataFiles(now.data), dataFiles(kept.data)]
  for (let i = 0; i < Math.max(files.length, keptFiles.length); i++) {
    const [file, keptFile] = [files[i], keptFiles[i]]
    same('data', (file ?? keptFile)?.path ?? '', file?.sha256, keptFile?.sha256)
  }
  const held = now.evalData ?? kept.evalData
  if (held) same('evaluation data', held.path, now.evalData?.sha256, kept.evalData?.sha256)
  const first = now.initAdapter ?? kept.initAdapter
  if (first) same('first adapter', first.path, now.initAdapter?.sha256, kept.initAdapter?.sha256)
  const [before, after] = [kept.settings, now.settings] as [Settings, Settings]
  const changes = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !harmless.has(name) && JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map(
      (name) =>
        `${name} is ${JSON.stringify(after[name]) ?? 'not set'}, was ${JSON.stringify(before[name]) ?? 'not set'}`,
    )
  if (changes.length > 0) throw new OpenLedgerError('OL1422', { path, changes: changes.join('; ') })
}

type Settings = Readonly<Record<string, unknown>>
