import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { parseEther, parseTransaction, recoverTransactionAddress, verifyMessage, verifyTypedData } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { createPrivateKey } from '../../src/wallet/readPrivateKey.js'
import { signerAccount } from '../../src/wallet/signerAccount.js'
import { root } from '../cli/openledger.js'

const folder = mkdtempSync(join(tmpdir(), 'openledger-signer-'))
const key = createPrivateKey()
const { address } = privateKeyToAccount(key)
const keyFile = join(folder, 'ops.key')
writeFileSync(keyFile, `${key}\n`, { mode: 0o600 })
afterAll(() => rmSync(folder, { recursive: true }))

const notes: string[] = []
const signer = (command: string, more: { address?: `0x${string}`; timeoutSeconds?: number; at?: string } = {}) =>
  signerAccount({
    network: 'openledger',
    note: (text) => notes.push(text),
    signer: {
      command,
      address: more.address ?? address,
      folder: more.at ?? folder,
      timeoutSeconds: more.timeoutSeconds,
    },
  })
const example = (file = keyFile) => signer(`node docs/examples/signer.mjs '${file}'`, { at: root })

const transaction = {
  chainId: 1612,
  type: 'eip1559',
  to: `0x${'ab'.repeat(20)}`,
  value: parseEther('2'),
  data: '0x1234',
  nonce: 7,
  gas: 100_000n,
  maxFeePerGas: 10n ** 9n,
  maxPriorityFeePerGas: 1n,
} as const

describe('the example of the docs', () => {
  test('signs a transaction, which is sent as it was asked for', async () => {
    const signed = await example().signTransaction(transaction)
    expect(await recoverTransactionAddress({ serializedTransaction: signed as `0x02${string}` })).toBe(address)
    expect(parseTransaction(signed as `0x02${string}`)).toMatchObject(transaction)
    expect(await privateKeyToAccount(key).signTransaction(transaction)).toBe(signed)
    expect(notes.at(-1)).toBe(`signing for openledger as ${address}`)
  })

  test('signs typed data with large numbers, and messages', async () => {
    const typedData = {
      domain: { name: 'Voucher', chainId: 1612n },
      types: { Voucher: [{ name: 'cumulative', type: 'uint256' }] },
      primaryType: 'Voucher',
      message: { cumulative: 2n ** 200n },
    } as const
    const signature = await example().signTypedData(typedData)
    expect(await verifyTypedData({ address, ...typedData, signature })).toBe(true)
    const message = 'an OPEN letter — with ümlauts'
    expect(await verifyMessage({ address, message, signature: await example().signMessage({ message }) })).toBe(true)
  })

  test('declines what is above its limit, or for another chain', async () => {
    const refused = { code: 'OL1630', exitCode: 3 }
    await expect(example().signTransaction({ ...transaction, value: parseEther('101') })).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('more than the limit'),
    })
    await expect(example().signTransaction({ ...transaction, chainId: 1 })).rejects.toMatchObject(refused)
  })

  test('with another key than the configuration says is caught here', async () => {
    const other = join(folder, 'other.key')
    writeFileSync(other, createPrivateKey(), { mode: 0o600 })
    await expect(example(other).signMessage({ message: 'x' })).rejects.toMatchObject({ code: 'OL1629', exitCode: 6 })
  })
})

describe('a signer that', () => {
  const sign = (command: string, timeoutSeconds?: number) =>
    signer(command, timeoutSeconds === undefined ? {} : { timeoutSeconds }).signMessage({ message: 'hello' })

  test('fails is reported with its status and its last words', async () => {
    await expect(sign('echo first >&2; echo no device >&2; exit 7')).rejects.toMatchObject({
      code: 'OL1626',
      exitCode: 4,
      message: 'The signer of openledger failed with status 7: no device',
    })
    expect(notes.join('\n')).toContain('no device')
    await expect(sign('not-a-program-anywhere')).rejects.toMatchObject({ code: 'OL1626' })
    await expect(sign('kill -9 $$')).rejects.toThrow('SIGKILL')
  })

  test('never answers is ended, with everything that it started', async () => {
    const marker = join(folder, 'outlived')
    await expect(sign(`(sleep 2; touch '${marker}') & sleep 60`, 0.3)).rejects.toMatchObject({
      code: 'OL1627',
      message: expect.stringContaining('within 0.3 seconds'),
    })
    await new Promise((done) => setTimeout(done, 2500))
    expect(() => writeFileSync(marker, '', { flag: 'wx' })).not.toThrow()
  })

  test.each([
    ['says nothing', 'true'],
    ['prints text', 'echo hello'],
    ['prints two documents', `echo '{"error":"a"}{"error":"b"}'`],
    ['prints half a signature', `echo '{"signature":"0x1234"}'`],
    ['prints no number of the curve', `echo '{"signature":"0x${'ff'.repeat(65)}"}'`],
    ['prints more than it was asked for', `echo '{"signature":"0x${'12'.repeat(65)}","key":"x"}'`],
    ['prints without end', 'yes'],
  ])('%s', async (_, command) => {
    await expect(sign(command)).rejects.toMatchObject({ code: 'OL1628', exitCode: 1 })
  })

  test('signs something else is always caught', async () => {
    const signature = await privateKeyToAccount(key).signMessage({ message: 'another' })
    await expect(sign(`echo '{"signature":"${signature}"}'`)).rejects.toMatchObject({ code: 'OL1629' })
  })

  test('does not read its request works all the same', async () => {
    const signature = await privateKeyToAccount(key).signMessage({ message: 'hello' })
    expect(await sign(`exec <&-; echo '{"signature":"${signature}"}'`)).toBe(signature)
  })
})
