import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { rpc } from '../../src/devnet/node/rpc.js'
import { type Devnet, devAccounts, startDevnet } from '../../src/entries/devnet.js'

const { user, mara } = devAccounts()
let devnet: Devnet
beforeAll(async () => {
  devnet = await startDevnet()
})
afterAll(() => devnet.stop())

const layers = [['l1'], ['l2']] as const
const receiptOf = (url: string, hash: unknown) => rpc(url, 'eth_getTransactionReceipt', [hash])
const nonceOf = async (url: string, account: string): Promise<number> =>
  Number(await rpc(url, 'eth_getTransactionCount', [account, 'latest']))
const hex = (value: number): string => `0x${value.toString(16)}`

async function minedWithin(url: string, hash: unknown, milliseconds: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds
  while (performance.now() < deadline) {
    if ((await receiptOf(url, hash)) !== null) return true
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return false
}

/**
 * Leaves transactions in the queue although the first one's nonce is the account's: what anvil's race leaves behind. Moving
 * the account's nonce up to them does the same to the pool, at will.
 */
async function leaveQueued(url: string, from: string, count: number, more: object = {}): Promise<unknown[]> {
  const first = (await nonceOf(url, from)) + 3
  const hashes = []
  for (let index = 0; index < count; index++) {
    const transaction = { from, to: mara.address, value: '0x1', gas: '0x5208', nonce: hex(first + index), ...more }
    hashes.push(await rpc(url, 'eth_sendTransaction', [transaction]))
  }
  await rpc(url, 'anvil_setNonce', [from, hex(first)])
  return hashes
}

test.each(layers)(
  'transactions that anvil has left in the queue of %s are mined, under the same hashes',
  async (layer) => {
    const { rpcUrl } = devnet[layer]
    const hashes = await leaveQueued(rpcUrl, user.address, 12)
    for (const hash of hashes) expect(await minedWithin(rpcUrl, hash, 120_000)).toBe(true)
    expect(await rpc(rpcUrl, 'txpool_status')).toMatchObject({ queued: '0x0', pending: '0x0' })
  },
)

test.each([
  ['legacy', { gasPrice: hex(3e9) }],
  ['of EIP-2930', { gasPrice: hex(3e9), accessList: [{ address: mara.address, storageKeys: [] }], gas: '0x7530' }],
])('so are transactions that are %s', async (_, more) => {
  const { rpcUrl } = devnet.l2
  const [hash] = await leaveQueued(rpcUrl, user.address, 1, more)
  expect(await minedWithin(rpcUrl, hash, 120_000)).toBe(true)
})

test('so are those of an account that was impersonated when it sent them', async () => {
  const { rpcUrl } = devnet.l1
  const somebody = '0x00000000000000000000000000000000000000aa'
  await rpc(rpcUrl, 'anvil_setBalance', [somebody, hex(1e18)])
  await rpc(rpcUrl, 'anvil_impersonateAccount', [somebody])
  const hashes = await leaveQueued(rpcUrl, somebody, 2)
  await rpc(rpcUrl, 'anvil_stopImpersonatingAccount', [somebody])
  for (const hash of hashes) expect(await minedWithin(rpcUrl, hash, 120_000)).toBe(true)
  await expect(rpc(rpcUrl, 'eth_sendTransaction', [{ from: somebody, to: mara.address }])).rejects.toThrow('No Signer')
})

test('what waits for a transaction that has not come is left alone', async () => {
  const { rpcUrl, chainId } = devnet.l2
  const nonce = await nonceOf(rpcUrl, user.address)
  const common = { to: mara.address, gas: 21_000n, maxFeePerGas: 3n * 10n ** 9n, chainId }
  const send = async (at: number) =>
    rpc(rpcUrl, 'eth_sendRawTransaction', [await user.signTransaction({ ...common, nonce: at })])
  const later = await send(nonce + 1)
  expect(await minedWithin(rpcUrl, later, 1_000)).toBe(false)
  expect(await rpc(rpcUrl, 'txpool_status')).toMatchObject({ queued: '0x1' })
  await send(nonce)
  expect(await minedWithin(rpcUrl, later, 120_000)).toBe(true)
})
