import { describe, expect, test } from '@jest/globals'
import { getAddress } from 'viem'
import { addressOf, addressSchema, checksumAddress } from '../../src/config/address.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'

const all = Object.values(devAccounts()).map(({ address }) => address)
/** One letter in the wrong case, as a typing error leaves a checksum wrong. */
const mistyped = (address: string): string => {
  const at = address.search(/[a-f]/)
  return `${address.slice(0, at)}${address.charAt(at).toUpperCase()}${address.slice(at + 1)}`
}

describe('an address', () => {
  test.each(all)('%s is spelled as viem spells it, from any one case', (address) => {
    for (const text of [address, address.toLowerCase(), `0x${address.slice(2).toUpperCase()}`]) {
      expect(checksumAddress(text)).toBe(getAddress(address))
      expect(addressSchema.parse(text)).toBe(address)
      expect(addressOf(text)).toBe(address)
    }
  })

  test.each(all)('%s in mixed case with a wrong checksum is refused, as viem refuses it', (address) => {
    const wrong = mistyped(address)
    expect(checksumAddress(wrong)).toBeUndefined()
    expect(addressSchema.safeParse(wrong).error?.issues[0]?.message).toMatch(/wrong EIP-55 checksum/)
    expect(() => addressOf(wrong)).toThrow(
      expect.objectContaining({ code: 'OL1026', exitCode: 2, message: expect.stringContaining(wrong) }),
    )
  })

  test.each(['', 'mara', '0x', '0x12', `0x${'g'.repeat(40)}`, `0X${'1'.repeat(40)}`, `0x${'1'.repeat(41)}`])(
    'is not what %j is: perhaps a name',
    (text) => {
      expect(checksumAddress(text)).toBeUndefined()
      expect(addressOf(text)).toBeUndefined()
      expect(addressSchema.safeParse(text).error?.issues[0]?.message).toMatch(/is not an address/)
    },
  )
})
