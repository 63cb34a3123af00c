import { randomBytes } from 'node:crypto'
import { isHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'

/**
 * Reads a private key. Errors never contain the text.
 *
 * @throws OL1620 when the text is not a private key
 */
export function readPrivateKey(text: string): `0x${string}` {
  const digits = text.trim().replace(/^0x/i, '')
  const key = `0x${digits.toLowerCase()}` as const
  if (digits === '') throw new OpenLedgerError('OL1620', { reason: 'it is empty' })
  if (!isHex(key, { strict: true })) throw new OpenLedgerError('OL1620', { reason: 'it is not hexadecimal' })
  if (digits.length !== 64)
    throw new OpenLedgerError('OL1620', { reason: `it has ${digits.length} hexadecimal digits, not 64` })
  if (!isUsable(key)) throw new OpenLedgerError('OL1620', { reason: 'the number is not in the range of the curve' })
  return key
}

/** A new private key from the operating system's random source. */
export function createPrivateKey(): `0x${string}` {
  for (;;) {
    const key = `0x${randomBytes(32).toString('hex')}` as const
    // About one of 2^128 numbers is too large for the curve.
    if (isUsable(key)) return key
  }
}

function isUsable(key: `0x${string}`): boolean {
  try {
    privateKeyToAccount(key)
    return true
  } catch {
    return false
  }
}
