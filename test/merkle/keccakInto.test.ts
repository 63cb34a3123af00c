import { describe, expect, test } from '@jest/globals'
import { keccak_256 } from '@noble/hashes/sha3'
import { keccakInto } from '../../src/merkle/keccakInto.js'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe('keccakInto', () => {
  test('gives the published hash of nothing and of "abc"', () => {
    const output = new Uint8Array(32)
    keccakInto(new Uint8Array(0), output, 0)
    expect(hex(output)).toBe('c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470')
    keccakInto(Buffer.from('abc'), output, 0)
    expect(hex(output)).toBe('4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45')
  })

  test('agrees with @noble/hashes for every length over three blocks', () => {
    const output = new Uint8Array(32)
    for (let length = 0; length <= 3 * 136 + 1; length++) {
      const input = Uint8Array.from({ length }, (_, i) => (i * 7 + length * 31) & 0xff)
      keccakInto(input, output, 0)
      expect(hex(output)).toBe(hex(keccak_256(input)))
    }
  })

  test('writes 32 bytes at the given place, and may overwrite its input', () => {
    const bytes = new Uint8Array(48).fill(9)
    const expected = hex(keccak_256(bytes.subarray(0, 32)))
    keccakInto(bytes.subarray(0, 32), bytes, 8)
    expect(hex(bytes.subarray(8, 40))).toBe(expected)
    expect([...bytes.subarray(0, 8), ...bytes.subarray(40)]).toEqual(new Array(16).fill(9))
  })
})
