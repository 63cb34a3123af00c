import { z } from 'zod'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { hash32 } from '../../files/hexSchemas.js'
import { parseWith } from '../../files/parseWith.js'
import { readJson } from '../../files/readText.js'
import type { DatanetInfo } from './DatanetStore.js'
import { datanetIdentity } from './datanetIdentity.js'

/** The format of a descriptor. */
const descriptorFormat = 1

const descriptorSchema = z.object({
  format: z.literal(descriptorFormat, `is not ${descriptorFormat}`),
  identity: hash32,
  salt: hash32,
  name: z.string().min(1),
  title: z.string().min(1),
  licence: z.string().min(1),
})

/**
 * The description of a Datanet that a contributor needs for signing. Its owner gives it to contributors as a small JSON file.
 * Nothing in it is secret.
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
 * Reads a descriptor and checks that its identity belongs to its name, so that a contributor who sees the name signs for a
 * Datanet of that name.
 *
 * @throws OL1126 when the file is not a descriptor; OL1900 or OL1903 when it cannot be read
 */
export async function readDescriptor(path: string): Promise<Descriptor> {
  const descriptor = parseWith(
    descriptorSchema,
    await readJson(path),
    ({ field, problem }) => new OpenLedgerError('OL1126', { path, reason: `\`${field}\` ${problem}` }),
  )
  const derived = datanetIdentity(descriptor.name, descriptor.salt)
  if (derived === descriptor.identity) return descriptor
  const reason = `its name and salt have the identity ${derived}, but it says ${descriptor.identity}`
  throw new OpenLedgerError('OL1126', { path, reason })
}
