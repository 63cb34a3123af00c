import { randomBytes, randomUUID, scryptSync } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { encrypt } from 'ox/Keystore'
import { type Address, toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { createPrivateKey } from '../../src/wallet/readPrivateKey.js'

/**
 * Writes a keystore whose password takes milliseconds to try, so that a test can open many.
 *
 * @param states the address that the file says it is of, where it lies
 * @returns the address of the key
 */
export function lightKeystore(
  path: string,
  password: string,
  { key = createPrivateKey(), states }: { readonly key?: `0x${string}`; readonly states?: Address } = {},
): Address {
  const salt = randomBytes(32)
  const derived = toHex(scryptSync(password, salt, 32, { N: 1024, r: 8, p: 1 }))
  const kdfparams = { n: 1024, r: 8, p: 1, dklen: 32, salt: salt.toString('hex') }
  const { address } = privateKeyToAccount(key)
  const file = encrypt(key, derived, { kdf: 'scrypt', kdfparams, iv: randomBytes(16), id: randomUUID() })
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, JSON.stringify({ ...file, address: (states ?? address).slice(2).toLowerCase() }), { mode: 0o600 })
  return address
}
