import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { parseWith } from '../../files/parseWith.js'
import { reasonOf } from '../../files/reasonOf.js'
import { decoderFields } from '../layers/config.js'
import { readModelJson } from '../readModelJson.js'

const name = 'generation_config.json'
const schema = z.looseObject({ eos_token_id: decoderFields.eos_token_id })

/**
 * End tokens from a model folder's generation_config.json, if there is one. Conversations often end with another token than
 * plain text, and some models declare it only there.
 *
 * @throws OL1302 when the file is malformed
 */
export async function generationEndTokens(folder: string): Promise<readonly number[]> {
  const path = join(folder, name)
  const isThere = await access(path).then(
    () => true,
    () => false,
  )
  if (!isThere) return []
  const raw = await readModelJson(path).catch((cause: unknown) => {
    throw new OpenLedgerError('OL1302', { path: folder, reason: `${name}: ${reasonOf(cause)}` }, { cause })
  })
  const { eos_token_id: tokens } = parseWith(
    schema,
    raw,
    ({ reason }) => new OpenLedgerError('OL1302', { path: folder, reason: `${name}, ${reason}` }),
  )
  return [tokens ?? []].flat()
}
