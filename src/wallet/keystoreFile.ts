import { pbkdf2, randomBytes, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { scryptAsync } from '@noble/hashes/scrypt'
import { decrypt, encrypt, type Keystore } from 'ox/Keystore'
import type { Address, Hex, PrivateKeyAccount } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { z } from 'zod'
import { checksumAddress } from '../config/address.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { parseWith } from '../files/parseWith.js'
import { readJson } from '../files/readText.js'

/** geth's standard cost: each guess of a password takes 256 MiB and about a second. */
const cost = { n: 262_144, r: 8, p: 1, dklen: 32 } as const
/** Limits for opening a file, whose parameters another program chose. */
const memoryLimit = 2 ** 30
const roundLimit = 20_000_000

const hex = (digits?: number) =>
  z
    .string()
    .regex(digits === undefined ? /^([0-9a-fA-F]{2})+$/ : new RegExp(`^[0-9a-fA-F]{${digits}}$`), 'must be hexadecimal')
const common = {
  cipher: z.literal('aes-128-ctr'),
  ciphertext: hex(64),
  cipherparams: z.object({ iv: hex(32) }),
  mac: hex(64),
}
const salted = { dklen: z.literal(32), salt: hex() }
const scryptParameters = z
  .object({ ...salted, n: z.int().min(2), r: z.int().min(1), p: z.int().min(1).max(1024) })
  .refine(({ n, r }) => 128 * n * r <= memoryLimit, 'requires more than 1 GiB of memory')
const pbkdf2Parameters = z.object({
  ...salted,
  prf: z.literal('hmac-sha256'),
  c: z.int().min(1).max(roundLimit, 'requires more rounds than any program uses'),
})
const cryptoSchema = z.discriminatedUnion('kdf', [
  z.object({ ...common, kdf: z.literal('scrypt'), kdfparams: scryptParameters }),
  z.object({ ...common, kdf: z.literal('pbkdf2'), kdfparams: pbkdf2Parameters }),
])
const written = (text: string): Address | undefined => checksumAddress(`0x${text.replace(/^0x/, '')}`)

const fileSchema = z.object({
  version: z.literal(3),
  id: z.string().optional(),
  // geth writes the address without 0x.
  address: z
    .string()
    .refine((text) => written(text) !== undefined, 'must be an address, and its EIP-55 checksum right if it has one')
    .optional(),
  crypto: cryptoSchema,
})

/** An encrypted private key: the content of a Web3 Secret Storage file, version 3. */
export type EncryptedKey = z.infer<typeof fileSchema>

/**
 * Reads a keystore as geth, cast or ethers writes it.
 *
 * @throws OL1900 when it cannot be read, OL1616 when it is not one
 */
export async function readEncryptedKey(path: string): Promise<EncryptedKey> {
  let value: unknown
  try {
    value = await readJson(path)
  } catch (error) {
    if (!OpenLedgerError.is(error) || error.code !== 'OL1903') throw error
    throw new OpenLedgerError('OL1616', { path, reason: 'it is not JSON' })
  }
  // ethers writes `Crypto`, like the first wallets.
  const named = typeof value === 'object' && value !== null && 'Crypto' in value ? { crypto: value.Crypto } : {}
  const fields = { ...(value as object), ...named }
  return parseWith(fileSchema, fields, ({ reason }) => new OpenLedgerError('OL1616', { path, reason }))
}

/** The address that a keystore states; keystores of cast state none. */
export const statedAddress = ({ address }: EncryptedKey): Address | undefined =>
  address === undefined ? undefined : written(address)

/**
 * Encrypts a private key under a password with scrypt, for a file that geth, cast and ethers can open too.
 *
 * @param privateKey 32 bytes as 0x-prefixed hex
 */
export async function encryptKey(privateKey: Hex, password: string): Promise<EncryptedKey> {
  const kdfparams = { ...cost, salt: randomBytes(32).toString('hex') }
  const key = await derive({ kdf: 'scrypt', kdfparams }, password)
  const { crypto } = encrypt(privateKey, key, { kdf: 'scrypt', kdfparams, iv: randomBytes(16) })
  const address = privateKeyToAccount(privateKey).address.slice(2).toLowerCase()
  return { version: 3, id: randomUUID(), address, crypto: cryptoSchema.parse(crypto) }
}

/**
 * Opens an encrypted key.
 *
 * @param path the file, for errors
 * @throws OL1617 when the password is wrong, OL1618 when the key does not belong to the address that the file states
 */
export async function decryptKey(encrypted: EncryptedKey, password: string, path: string): Promise<PrivateKeyAccount> {
  const key = await derive(encrypted.crypto, password)
  let privateKey: Hex
  try {
    privateKey = decrypt({ ...encrypted, id: encrypted.id ?? '' } as unknown as Keystore, key)
  } catch {
    // Nothing distinguishes a damaged file from a wrong password, so that a cause would not help.
    throw new OpenLedgerError('OL1617', { path })
  }
  const account = accountOf(privateKey, path)
  const stated = statedAddress(encrypted)
  if (stated !== undefined && stated !== account.address)
    throw new OpenLedgerError('OL1618', { path, stated, found: account.address })
  return account
}

function accountOf(privateKey: Hex, path: string): PrivateKeyAccount {
  try {
    return privateKeyToAccount(privateKey)
  } catch {
    throw new OpenLedgerError('OL1616', { path, reason: 'its content is not a private key' })
  }
}

type Derivation = Pick<Extract<EncryptedKey['crypto'], { kdf: 'scrypt' }>, 'kdf' | 'kdfparams'>
type Derivations = Derivation | Pick<Extract<EncryptedKey['crypto'], { kdf: 'pbkdf2' }>, 'kdf' | 'kdfparams'>

/**
 * Derives the key of a keystore. It calls noble's scrypt itself, because the asynchronous one of ox 0.14.45 ignores the r and p
 * of the file, and Node's refuses the n and r of the standard's own example.
 */
async function derive(crypto: Derivations, password: string): Promise<Hex> {
  const salt = Buffer.from(crypto.kdfparams.salt, 'hex')
  if (crypto.kdf === 'pbkdf2') return toHex(await promisify(pbkdf2)(password, salt, crypto.kdfparams.c, 32, 'sha256'))
  const { n: N, r, p } = crypto.kdfparams
  return toHex(await scryptAsync(password, salt, { N, r, p, dkLen: 32, maxmem: 2 * memoryLimit }))
}

const toHex = (bytes: Uint8Array): Hex => `0x${Buffer.from(bytes).toString('hex')}`
