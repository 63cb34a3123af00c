import { z } from 'zod'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import type { Architecture, ModelConfig } from './Architecture.js'
import { llama } from './architectures/llama.js'

/** Every architecture, by the `model_type` of its config.json. */
const architectures: Readonly<Record<string, Architecture>> = { llama }

/**
 * Reads a Hugging Face config.json: which architecture, and its numbers. An option that would change the numbers and is
 * not implemented is refused, never ignored.
 *
 * @throws OL1302 when a field is missing or malformed
 * @throws OL1303 when the architecture is not known
 * @throws OL1304 when an option is not supported
 * @example
 * const { architecture, config } = readArchitecture(folder, await readJson(join(folder, 'config.json')))
 */
export function readArchitecture(
  path: string,
  raw: unknown,
): { readonly architecture: Architecture; readonly config: ModelConfig } {
  const kind = z.object({ model_type: z.string() }).safeParse(raw)
  if (!kind.success) throw new OpenLedgerError('OL1302', { path, reason: 'config.json has no model_type' })
  const type = kind.data.model_type
  const architecture = Object.hasOwn(architectures, type) ? architectures[type] : undefined
  if (architecture === undefined)
    throw new OpenLedgerError('OL1303', { path, architecture: type, supported: Object.keys(architectures).join(', ') })
  return { architecture, config: architecture.parseConfig(path, raw) }
}

/** The `model_type` of an architecture. */
export const architectureName = (architecture: Architecture): string =>
  Object.entries(architectures).find(([, known]) => known === architecture)?.[0] ?? 'unknown'
