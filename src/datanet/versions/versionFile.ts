import { z } from 'zod'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { hash32 } from '../../files/hexSchemas.js'
import { parseWith } from '../../files/parseWith.js'
import { readJson } from '../../files/readText.js'
import { datanetIdentity } from '../store/datanetIdentity.js'

/** The format of a version's files. In format 1, before the first release, records had no signature and no sequence. */
export const versionFormat = 2

const versionSchema = z.object({
  /** The Datanet's name. */
  datanet: z.string().min(1),
  identity: hash32,
  salt: hash32,
  title: z.string().min(1),
  description: z.string(),
  domain: z.string().min(1),
  licence: z.string().min(1),
  version: z.int().positive(),
  root: hash32,
  recordCount: z.int().positive(),
  contentHash: hash32,
})

/** version.json: the Datanet at the time of the version, and the hashes of the version's files. */
export type VersionFile = Readonly<z.infer<typeof versionSchema>>

/**
 * Reads version.json and checks its form, and that the Datanet's identity follows from its name and salt.
 *
 * @throws OL1142 when a field is wrong, OL1148 when another openledger wrote it in another format
 */
export async function readVersionFile(path: string): Promise<VersionFile> {
  const value = await readJson(path)
  const format = z.object({ format: z.unknown().optional() }).safeParse(value).data?.format
  if (format !== versionFormat)
    throw new OpenLedgerError('OL1148', { path, found: String(format ?? 1), known: versionFormat })
  const version = parseWith(
    versionSchema,
    value,
    ({ field, problem }) => new OpenLedgerError('OL1142', { path, reason: `\`${field}\`: ${problem}` }),
  )
  const { datanet, salt, identity } = version
  const derived = datanetIdentity(datanet, salt)
  if (derived !== identity) {
    const reason = `its name and salt have the identity ${derived}, but it says ${identity}`
    throw new OpenLedgerError('OL1142', { path, reason })
  }
  return version
}
