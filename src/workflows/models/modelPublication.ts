import { join } from 'node:path'
import type { Address, Hex } from 'viem'
import { z } from 'zod'
import { addressSchema } from '../../config/address.js'
import { hashJson } from '../../files/canonicalJson.js'
import { hash32 } from '../../files/hexSchemas.js'
import { readJson } from '../../files/readText.js'
import { writeFileAtomic } from '../../files/writeFileAtomic.js'

/** publication.json of an adapter folder: where it is registered, for people and scripts. The chain is what counts. */
export interface PublicationNote {
  readonly chainId: number
  readonly registry: Address
  readonly modelId: Hex
  readonly manifestHash: Hex
  /** Null where the node does not know any more. */
  readonly transactionHash: Hex | null
}

const noteSchema = z.object({
  chainId: z.number(),
  registry: addressSchema,
  modelId: hash32,
  manifestHash: hash32,
  transactionHash: hash32.nullable(),
})

const pathOf = (adapter: string): string => join(adapter, 'publication.json')

/** What an adapter's folder says of where it is registered; undefined where it says nothing that can be read. */
export async function notedPublication(adapter: string): Promise<PublicationNote | undefined> {
  const noted = noteSchema.safeParse(await readJson(pathOf(adapter)).catch(() => undefined))
  return noted.success ? noted.data : undefined
}

/** Notes in an adapter's folder where it is registered. A note that says so already is left as it is. */
export async function notePublication(adapter: string, note: PublicationNote): Promise<void> {
  const noted = await notedPublication(adapter)
  if (noted === undefined || hashJson(noted) !== hashJson(note))
    await writeFileAtomic(pathOf(adapter), `${JSON.stringify(note, null, 2)}\n`)
}
