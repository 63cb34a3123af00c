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
  /** The file's mode, such as `0644`, if users other than its owner may read it. */
  readonly looseMode: string | undefined
}

/** A file in the folder of keystores: a key, or the reason why it is not one. */
export type ListedKey = { readonly name: string; readonly path: string } & (
  | { readonly key: StoredKey }
  | { readonly fault: OpenLedgerError }
)

/** The user's keystores in the order of their names. A file that cannot be used is listed with its fault. */
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
 * Reads one of the user's keystores, still encrypted.
 *
 * @throws OL1614 when there is no keystore of this name
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
 * Checks a name before the user is asked for a key or a password.
 *
 * @param reserved names of other accounts
 * @throws OL1615 when the name is taken, OL1623 when it cannot be one
 */
export async function requireFreeName(folder: string, name: string, reserved: readonly string[]): Promise<void> {
  if (!namePattern.test(name)) throw new OpenLedgerError('OL1623', { name, reason: 'it has other characters' })
  if (reserved.includes(name))
    throw new OpenLedgerError('OL1623', { name, reason: 'it is the name of a public devnet account' })
  const path = join(folder, `${name}.json`)
  if ((await modeOf(path)) !== undefined) throw new OpenLedgerError('OL1615', { name, path })
}

/**
 * Stores a private key under a password, in a file that only its owner may read. It never overwrites a file.
 *
 * @throws OL1615 when a keystore of this name exists, OL1631 when the key is a public test key
 * @throws OL1901 when the file cannot be written
 */
export async function storeKey(folder: string, name: string, privateKey: Hex, password: string): Promise<StoredKey> {
  refuseTestKey(privateKeyToAccount(privateKey).address)
  return storeEncrypted(folder, name, await encryptKey(privateKey, password))
}

/**
 * Stores a key that another program has encrypted, as it is.
 *
 * @param address the address of the key, which is noted in the file
 * @throws the same errors as {@link storeKey}
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

/** The mode as `chmod` writes it, if users other than the owner may read the file. */
const looseMode = (mode: number): string | undefined =>
  (mode & 0o077) === 0 ? undefined : `0${(mode & 0o777).toString(8)}`
