import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Address, Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { isDevAddress } from '../chain/client/devMnemonic.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { reasonOf } from '../files/reasonOf.js'
import { systemCode } from '../files/systemCode.js'
import { writeNewFile } from '../files/writeNewFile.js'
import { type EncryptedKey, encryptKey, readEncryptedKey, statedAddress } from './keystoreFile.js'

const namePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/

/** One of the user's encrypted keys. */
export interface StoredKey {
  readonly name: string
  readonly path: string
  readonly address: Address
  readonly encrypted: EncryptedKey
  /** The file's mode where others than its owner may read it, for a warning: `0644`. */
  readonly looseMode: string | undefined
}

/** What stands in the folder of keys: a key, or why it is none. */
export type ListedKey = { readonly name: string; readonly path: string } & (
  | { readonly key: StoredKey }
  | { readonly fault: OpenLedgerError }
)

/** The user's keystores in the order of their names. A file that cannot be used is listed with the reason. */
export async function listKeys(folder: string): Promise<ListedKey[]> {
  const files = await readdir(folder).catch((cause: unknown) => {
    if (systemCode(cause) === 'ENOENT') return []
    throw new OpenLedgerError('OL1900', { path: folder, reason: reasonOf(cause) }, { cause })
  })
  const names = files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length))
  return Promise.all(
    names.sort().map(async (name) => {
      const path = join(folder, `${name}.json`)
      try {
        return { name, path, key: await readKey(folder, name) }
      } catch (error) {
        if (OpenLedgerError.is(error)) return { name, path, fault: error }
        throw error
      }
    }),
  )
}

/**
 * One of the user's keystores, still encrypted.
 *
 * @throws OL1614 when there is none of this name
 * @throws OL1616, OL1619 when the file cannot be used
 */
export async function readKey(folder: string, name: string): Promise<StoredKey> {
  const path = join(folder, `${name}.json`)
  const mode = namePattern.test(name) ? await modeOf(path) : undefined
  if (mode === undefined) throw new OpenLedgerError('OL1614', { name, folder })
  const encrypted = await readEncryptedKey(path)
  const address = statedAddress(encrypted)
  if (address === undefined) throw new OpenLedgerError('OL1619', { path })
  return { name, path, address, encrypted, looseMode: looseMode(mode) }
}

/**
 * Refuses a name before a key is made or asked for.
 *
 * @param reserved names that mean another account
 * @throws OL1615, OL1623
 */
export async function requireFreeName(folder: string, name: string, reserved: readonly string[]): Promise<void> {
  if (!namePattern.test(name)) throw new OpenLedgerError('OL1623', { name, reason: 'it is no plain word' })
  if (reserved.includes(name))
    throw new OpenLedgerError('OL1623', { name, reason: 'a public account of the devnet is called so' })
  const path = join(folder, `${name}.json`)
  if ((await modeOf(path)) !== undefined) throw new OpenLedgerError('OL1615', { name, path })
}

/**
 * Stores a private key under a password, in a file that only its owner may read. An existing file is never overwritten.
 *
 * @throws OL1615 when there is a keystore of this name, OL1631 when the key is a public test key
 * @throws OL1901 when it cannot be written
 */
export async function storeKey(folder: string, name: string, privateKey: Hex, password: string): Promise<StoredKey> {
  refuseTestKey(privateKeyToAccount(privateKey).address)
  return storeEncrypted(folder, name, await encryptKey(privateKey, password))
}

/**
 * Stores a key that another program has encrypted, as it is.
 *
 * @param address whose key it is; noted in the file
 * @throws as {@link storeKey}
 */
export async function storeForeign(
  folder: string,
  name: string,
  encrypted: EncryptedKey,
  address: Address,
): Promise<StoredKey> {
  refuseTestKey(address)
  return storeEncrypted(folder, name, { ...encrypted, address: address.slice(2).toLowerCase() })
}

async function storeEncrypted(folder: string, name: string, encrypted: EncryptedKey): Promise<StoredKey> {
  const path = join(folder, `${name}.json`)
  if (!(await writeNewFile(path, `${JSON.stringify(encrypted)}\n`))) throw new OpenLedgerError('OL1615', { name, path })
  return readKey(folder, name)
}

function refuseTestKey(address: Address): void {
  if (isDevAddress(address)) throw new OpenLedgerError('OL1631', { address })
}

async function modeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return undefined
    throw new OpenLedgerError('OL1900', { path, reason: reasonOf(cause) }, { cause })
  }
}

/** A file's mode where others than its owner may read it, as `ls` and `chmod` write it. */
const looseMode = (mode: number): string | undefined =>
  (mode & 0o077) === 0 ? undefined : `0${(mode & 0o777).toString(8)}`
