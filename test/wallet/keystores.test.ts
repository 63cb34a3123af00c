import { createDecipheriv, scryptSync } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Keystore } from 'ox/Keystore'
import { keccak256, verifyMessage, verifyTypedData } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { devAccount } from '../../src/chain/client/devMnemonic.js'
import { keystoreAccount } from '../../src/wallet/keystoreAccount.js'
import { decryptKey, readEncryptedKey } from '../../src/wallet/keystoreFile.js'
import { listKeys, readKey, requireFreeName, storeForeign, storeKey } from '../../src/wallet/keystores.js'
import { createPrivateKey, readPrivateKey } from '../../src/wallet/readPrivateKey.js'

const fixtures = fileURLToPath(new URL('../fixtures/keystores/', import.meta.url))
const parent = mkdtempSync(join(tmpdir(), 'openledger-wallet-'))
const specKey = '0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d'
const castKey = '0x8f2a55949038a9610f50fb23b5883af3b4ecb3c3bb792cbcefbd1542c692be63'
const cast = join(fixtures, 'cast-1.7.1.json')
let folder: string
let serial = 0

beforeEach(() => {
  folder = join(parent, String(serial++))
})
afterAll(() => rmSync(parent, { recursive: true }))

/** A keystore of the test's own, whose scrypt is light. */
const lightKey = async (name = 'light') => {
  const encrypted = await readEncryptedKey(cast)
  return storeForeign(folder, name, encrypted, privateKeyToAccount(castKey).address)
}

describe('keystores of others', () => {
  test.each([
    ['spec-pbkdf2.json', 'testpassword', specKey],
    ['spec-scrypt.json', 'testpassword', specKey],
    ['ethers-6.json', 'pässword of ethers', '0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318'],
    ['cast-1.7.1.json', 'cast password', castKey],
  ] as const)('%s opens with its password and no other', async (file, password, key) => {
    const path = join(fixtures, file)
    const encrypted = await readEncryptedKey(path)
    const account = await decryptKey(encrypted, password, path)
    expect(account.address).toBe(privateKeyToAccount(key).address)
    const hash = `0x${'12'.repeat(32)}` as const
    expect(await account.sign({ hash })).toBe(await privateKeyToAccount(key).sign({ hash }))
    await expect(decryptKey(encrypted, `${password} `, path)).rejects.toMatchObject({ code: 'OL1617', exitCode: 4 })
  })

  test.each<[string, (file: Record<string, unknown> & { crypto: Keystore['crypto'] }) => unknown, string]>([
    ['not JSON', () => '{', 'it is not JSON'],
    ['nothing', () => 'null', 'version'],
    ['another version', (file) => ({ ...file, version: 1 }), 'version'],
    ['another cipher', (file) => ({ ...file, crypto: { ...file.crypto, cipher: 'aes-256' } }), 'cipher'],
    ['half a text', (file) => ({ ...file, crypto: { ...file.crypto, ciphertext: '00' } }), 'ciphertext'],
    [
      'memory beyond reason',
      ({ crypto, ...file }) => ({
        ...file,
        crypto: { ...crypto, kdfparams: { ...crypto.kdfparams, n: 2 ** 26 } },
      }),
      'more than 1 GiB',
    ],
  ])('%s is refused with the reason', async (_, change, reason) => {
    const path = join(parent, 'wrong.json')
    const changed = change(JSON.parse(readFileSync(cast, 'utf8')))
    writeFileSync(path, typeof changed === 'string' ? changed : JSON.stringify(changed))
    await expect(readEncryptedKey(path)).rejects.toMatchObject({
      code: 'OL1616',
      message: expect.stringContaining(reason),
    })
  })
})

describe('a keystore of ours', () => {
  test('opens in another implementation, is its owner’s alone, and says whose it is', async () => {
    const key = createPrivateKey()
    const stored = await storeKey(folder, 'ops', key, 'a password')
    expect(stored).toMatchObject({ path: join(folder, 'ops.json'), looseMode: undefined })
    expect(statSync(stored.path).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    const file = JSON.parse(readFileSync(stored.path, 'utf8')) as Keystore & { address: string }
    expect(file.crypto.kdfparams).toMatchObject({ n: 262_144, r: 8, p: 1 })
    expect(file.address).toBe(privateKeyToAccount(key).address.slice(2).toLowerCase())
    // Node's scrypt and AES, and nothing of ours.
    const { n: N, r, p, salt } = file.crypto.kdfparams as { n: number; r: number; p: number; salt: string }
    const bytes = (text: string) => Buffer.from(text, 'hex')
    const derived = scryptSync('a password', bytes(salt), 32, { N, r, p, maxmem: 2 ** 29 })
    const { iv } = file.crypto.cipherparams
    const opened = createDecipheriv('aes-128-ctr', derived.subarray(0, 16), bytes(iv)).update(
      file.crypto.ciphertext,
      'hex',
    )
    expect(`0x${opened.toString('hex')}`).toBe(key)
    expect(keccak256(Buffer.concat([derived.subarray(16), bytes(file.crypto.ciphertext)]))).toBe(`0x${file.crypto.mac}`)
    expect(readFileSync(stored.path, 'utf8')).not.toContain(key.slice(2))
  })

  test('is never overwritten, and a name that is taken asks for no key', async () => {
    const { path } = await lightKey()
    const before = readFileSync(path, 'utf8')
    await expect(lightKey()).rejects.toMatchObject({ code: 'OL1615', exitCode: 2 })
    await expect(requireFreeName(folder, 'light', [])).rejects.toMatchObject({ code: 'OL1615' })
    expect(readFileSync(path, 'utf8')).toBe(before)
    expect(readdirSync(folder)).toEqual(['light.json'])
  })

  test('two that are stored at once under one name: one wins whole', async () => {
    const results = await Promise.allSettled([lightKey('both'), lightKey('both'), lightKey('both')])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
    expect(readdirSync(folder)).toEqual(['both.json'])
  })

  test.each(['', '../up', 'a b', '-x', 'x'.repeat(33), 'mara'])('cannot be called %j', async (name) => {
    await expect(requireFreeName(folder, name, ['mara'])).rejects.toMatchObject({ code: 'OL1623', exitCode: 2 })
  })

  test('does not hold a public test key', async () => {
    const encrypted = await readEncryptedKey(cast)
    const { address } = devAccount(3)
    await expect(storeForeign(folder, 'test', encrypted, address)).rejects.toMatchObject({ code: 'OL1631' })
    expect(() => readdirSync(folder)).toThrow('ENOENT')
  })

  test('that others may read is reported, and one that is damaged does not hide the rest', async () => {
    const { path } = await lightKey()
    chmodSync(path, 0o644)
    expect((await readKey(folder, 'light')).looseMode).toBe('0644')
    writeFileSync(join(folder, 'broken.json'), '{}')
    writeFileSync(join(folder, 'cast.json'), readFileSync(cast))
    const listed = await listKeys(folder)
    expect(listed.map(({ name }) => name)).toEqual(['broken', 'cast', 'light'])
    expect(listed[0]).toMatchObject({ fault: { code: 'OL1616' } })
    expect(listed[1]).toMatchObject({ fault: { code: 'OL1619' } })
    expect(listed[2]).toMatchObject({ key: { address: privateKeyToAccount(castKey).address } })
    await expect(readKey(folder, 'nobody')).rejects.toMatchObject({ code: 'OL1614', exitCode: 4 })
    await expect(readKey(folder, '../light')).rejects.toMatchObject({ code: 'OL1614' })
  })

  test('whose address was changed is refused when it is opened', async () => {
    const { path } = await lightKey()
    const file = JSON.parse(readFileSync(path, 'utf8'))
    writeFileSync(path, JSON.stringify({ ...file, address: '00'.repeat(20) }))
    const changed = await readKey(folder, 'light')
    await expect(decryptKey(changed.encrypted, 'cast password', path)).rejects.toMatchObject({
      code: 'OL1618',
      exitCode: 6,
    })
  })

  test('asks for its password once, when it first signs', async () => {
    let asked = 0
    const account = keystoreAccount(await lightKey(), async () => {
      asked++
      return 'cast password'
    })
    expect(asked).toBe(0)
    const { address } = account
    const typedData = {
      domain: { name: 'test' },
      types: { Note: [{ name: 'text', type: 'string' }] },
      primaryType: 'Note',
      message: { text: 'hello' },
    } as const
    const [message, typed] = await Promise.all([
      account.signMessage({ message: 'hello' }),
      account.signTypedData(typedData),
    ])
    expect(await verifyMessage({ address, message: 'hello', signature: message })).toBe(true)
    expect(await verifyTypedData({ address, ...typedData, signature: typed })).toBe(true)
    expect(asked).toBe(1)
  })
})

describe('a private key', () => {
  test('is read with or without 0x and the line break of a pipe', () => {
    for (const text of [specKey, `${specKey}\n`, specKey.slice(2).toUpperCase(), `  0X${specKey.slice(2)} \r\n`])
      expect(readPrivateKey(text)).toBe(specKey)
  })

  test.each([
    ['', 'empty'],
    ['0x', 'empty'],
    [specKey.slice(0, -1), '63 hexadecimal digits'],
    [`${specKey.slice(0, -1)}g`, 'not hexadecimal'],
    [`0x${'0'.repeat(64)}`, 'range of the curve'],
    [`0x${'f'.repeat(64)}`, 'range of the curve'],
  ])('%j is refused, and not repeated', (text, reason) => {
    try {
      readPrivateKey(text)
      throw new Error('accepted')
    } catch (error) {
      expect(error).toMatchObject({ code: 'OL1620', message: expect.stringContaining(reason) })
      if (text.length > 2) expect(String(error)).not.toContain(text.slice(4))
    }
  })
})
