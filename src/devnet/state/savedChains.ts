import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { z } from 'zod'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { faultOf } from '../../files/parseWith.js'
import { reasonOf } from '../../files/reasonOf.js'
import { systemCode } from '../../files/systemCode.js'
import { writeFileAtomic } from '../../files/writeFileAtomic.js'
import { anvilVersion } from '../node/anvilBinary.js'
import { rpc, rpcBatch } from '../node/rpc.js'
import { addressesSchema } from './devnetState.js'

const layerSchema = z.strictObject({
  /** Newest block that the dump certainly contains. */
  blockNumber: z.int().nonnegative(),
  blockHash: z.string(),
  /** Seconds by which the chain's clock is ahead of the machine's, after `warp`; negative when it is slow. */
  clockOffset: z.int(),
  /** Public port, which the next start uses again if it is free. */
  port: z.int().min(0).max(65_535),
  /** Length and SHA-256 of anvil's dump, gzip of JSON. */
  bytes: z.int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

const headerSchema = z.strictObject({
  format: z.literal('openledger-devnet'),
  version: z.literal(1),
  anvilVersion: z.string(),
  savedAt: z.iso.datetime(),
  l1: layerSchema,
  l2: layerSchema,
  addresses: addressesSchema,
  /** Heights at which all contracts were deployed. The defaults are those of chains that were saved without this field. */
  readyAt: z.strictObject({ l1: z.int().nonnegative(), l2: z.int().nonnegative() }).default({ l1: 2, l2: 4 }),
})

/** Header of the save file: one line of JSON before the two dumps. */
export type SavedHeader = z.infer<typeof headerSchema>
type SavedLayer = SavedHeader['l1']

/** The state of both layers at one moment, in one file, so that one is never older than the other. */
export interface SavedChains {
  readonly header: SavedHeader
  readonly l1: Uint8Array
  readonly l2: Uint8Array
}

/** The running nodes of a devnet and their contracts, for a dump. */
export interface LiveChains {
  readonly addresses: SavedHeader['addresses']
  readonly readyAt: SavedHeader['readyAt']
  /** `rpcUrl` is the node's own, `port` the public one. */
  readonly l1: { readonly rpcUrl: string; readonly port: number }
  readonly l2: { readonly rpcUrl: string; readonly port: number }
}

/**
 * Dumps both chains: the L2 first, then the L1, so that the L1 contains every deposit that the L2 has seen. Nothing may carry
 * messages between the layers meanwhile.
 *
 * @throws Error when a node does not answer
 */
export async function dumpChains({ addresses, readyAt, l1, l2 }: LiveChains): Promise<SavedChains> {
  const two = await dumpLayer(l2.rpcUrl, l2.port)
  const one = await dumpLayer(l1.rpcUrl, l1.port)
  return {
    header: {
      format: 'openledger-devnet',
      version: 1,
      anvilVersion: anvilVersion(),
      savedAt: new Date().toISOString(),
      l1: one.header,
      l2: two.header,
      addresses,
      readyAt,
    },
    l1: one.dump,
    l2: two.dump,
  }
}

const blockSchema = z.object({ number: z.string(), hash: z.string(), timestamp: z.string() })

/** Hash of a node's newest block. */
export const headHash = async (rpcUrl: string): Promise<string> =>
  blockSchema.parse(await rpc(rpcUrl, 'eth_getBlockByNumber', ['latest', false])).hash

async function dumpLayer(rpcUrl: string, port: number): Promise<{ header: SavedLayer; dump: Uint8Array }> {
  const [latest, pending] = await rpcBatch(rpcUrl, [
    { method: 'eth_getBlockByNumber', params: ['latest', false] },
    { method: 'eth_getBlockByNumber', params: ['pending', false] },
  ])
  const { number, hash, timestamp } = blockSchema.parse(latest)
  const next = Number(z.object({ timestamp: z.string() }).parse(pending).timestamp)
  const clockOffset = Math.max(next, Number(timestamp)) - Math.floor(Date.now() / 1_000)
  const text = z
    .string()
    .startsWith('0x')
    .parse(await rpc(rpcUrl, 'anvil_dumpState'))
  const dump = Buffer.from(text.slice(2), 'hex')
  const header = {
    blockNumber: Number(number),
    blockHash: hash,
    clockOffset,
    port,
    bytes: dump.length,
    sha256: sha256(dump),
  }
  return { header, dump }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/**
 * Writes both chains as one file, whole or not at all.
 *
 * @throws OL1901 when the file cannot be written
 */
export const writeSavedChains = (path: string, { header, l1, l2 }: SavedChains): Promise<void> =>
  writeFileAtomic(path, [Buffer.from(`${JSON.stringify(header)}\n`), l1, l2])

/**
 * Reads a file of {@link writeSavedChains} and checks every byte; `undefined` when there is no such file.
 *
 * @throws OL1750 when the file is damaged or of another kind
 * @throws OL1751 when another version of anvil dumped the chains
 */
export const readSavedChains = (path: string): Promise<SavedChains | undefined> =>
  reading(path, async (file, refuse) => {
    const bytes = await file.readFile()
    const end = bytes.indexOf(10)
    const header = parseHeader(bytes.subarray(0, Math.max(0, end)), refuse)
    // The format of dumps changes between versions of anvil without notice.
    if (header.anvilVersion !== anvilVersion()) {
      throw new OpenLedgerError('OL1751', { path, other: header.anvilVersion, anvilVersion: anvilVersion() })
    }
    const [l1, l2] = [bytes.subarray(end + 1, end + 1 + header.l1.bytes), bytes.subarray(end + 1 + header.l1.bytes)]
    if (sha256(l1) !== header.l1.sha256) return refuse('the dump of the L1 has changed')
    if (sha256(l2) !== header.l2.sha256) return refuse('the dump of the L2 has changed')
    return { header, l1, l2 }
  })

/**
 * Reads only the header of a file of saved chains; `undefined` when there is no such file.
 *
 * @throws OL1750 when the header is damaged
 */
export const readSavedHeader = (path: string): Promise<SavedHeader | undefined> =>
  reading(path, async (file, refuse) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1 << 16), 0, 1 << 16, 0)
    return parseHeader(buffer.subarray(0, Math.max(0, buffer.subarray(0, bytesRead).indexOf(10))), refuse)
  })

type Refuse = (reason: string) => never
type File = Awaited<ReturnType<typeof open>>

async function reading<Result>(
  path: string,
  read: (file: File, refuse: Refuse) => Promise<Result>,
): Promise<Result | undefined> {
  const refuse: Refuse = (reason) => {
    throw new OpenLedgerError('OL1750', { path, reason })
  }
  let file: File
  try {
    file = await open(path, 'r')
  } catch (cause) {
    return systemCode(cause) === 'ENOENT' ? undefined : refuse(reasonOf(cause))
  }
  return read(file, refuse).finally(() => file.close())
}

function parseHeader(bytes: Uint8Array, refuse: Refuse): SavedHeader {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return refuse('it does not begin with a line of JSON')
  }
  const parsed = headerSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const { field, reason } = faultOf(parsed.error)
  return refuse(field.startsWith('addresses') ? `it has other contracts than this openledger (${field})` : reason)
}
