import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { parseWith } from '../../files/parseWith.js'
import { readJson } from '../../files/readText.js'
import type { BaseModel } from '../base/BaseModel.js'

/** The name of the training manifest inside an adapter folder. */
export const manifestName = 'training-manifest.json'

/** Receives a warning that an adapter was trained on a different base model than it is used with. */
export type OnOtherBase = (warning: string) => void

const schema = z.object({ base: z.object({ hash: z.string() }) })

/**
 * Checks that an adapter was trained on this base model: on another one of the same shapes it would run, but give nonsense.
 * Adapters of other tools have no manifest and cannot be checked.
 *
 * @param onOtherBase accepts another base, and receives the warning
 * @throws OL1426 when its manifest names another base model, OL1403 when the manifest does not say which
 */
export async function checkAdapterBase(
  path: string,
  base: Pick<BaseModel, 'path' | 'hash'>,
  onOtherBase?: OnOtherBase,
): Promise<void> {
  const manifest = join(path, manifestName)
  const exists = await access(manifest).then(
    () => true,
    () => false,
  )
  if (!exists) return
  const stated = parseWith(
    schema,
    await readJson(manifest),
    ({ reason }) => new OpenLedgerError('OL1403', { path: manifest, reason }),
  )
  const wanted = stated.base.hash
  if (wanted === base.hash) return
  const error = new OpenLedgerError('OL1426', { path, base: base.path, found: base.hash, wanted })
  if (onOtherBase === undefined) throw error
  onOtherBase(error.message)
}
