import { z } from 'zod'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { readJson } from '../../files/readText.js'
import type { DatanetInfo } from './DatanetStore.js'
import { datanetIdentity } from './datanetIdentity.js'

/** The format of a descriptor. */
const descriptorFormat = 1

const hash = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/, 'is not 0x and 64 lower-case hexadecimal digits')
  .transform((text) => text as `0x${string}`)

const descriptorSchema = z.object({
  format: z.literal(descriptorFormat, `is not ${descriptorFormat}`),
  identity: hash,
  salt: hash,
  name: z.string().min(1),
  title: z.string().min(1),
  licence: z.string().min(1),
})

/**
 * What a contributor needs to know of a Datanet to sign for it: its owner hands it out as a small JSON file. Nothing in it
 * is secret.
 */
export type Descriptor = Readonly<z.infer<typeof descriptorSchema>>

/** The descriptor of a Datanet. */
export const describeDatanet = ({ identity, salt, name, title, licence }: DatanetInfo): Descriptor => ({
  format: descriptorFormat,
  identity,
  salt,
  name,
  title,
  licence,
})

/**
 * Reads a descriptor and checks that the identity in it belongs to the name in it: a contributor who sees the name signs
 * for a Datanet of that name.
 *
 * @throws OL1126 when it is none; OL1900 or OL1903 when the file cannot be read
 */
export async function readDescriptor(path: string): Promise<Descriptor> {
  const parsed = descriptorSchema.safeParse(await readJson(path))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const field = issue?.path.join('.') || 'document'
    throw new OpenLedgerError('OL1126', { path, reason: `\`${field}\` ${issue?.message ?? 'is wrong'}` })
  }
  const derived = datanetIdentity(parsed.data.name, parsed.data.salt)
  if (derived === parsed.data.identity) return parsed.data
  const reason = `its name and salt have the identity ${derived}, it says ${parsed.data.identity}`
  throw new OpenLedgerError('OL1126', { path, reason })
}
