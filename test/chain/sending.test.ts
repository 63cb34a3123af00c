import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import type { Address } from 'viem'
import { createChainClient } from '../../src/chain/client/createChainClient.js'
import { guardAccount } from '../../src/chain/client/guardAccount.js'
import { defineNetwork } from '../../src/chain/client/networks.js'
import { sendCall } from '../../src/chain/client/sendCall.js'
import { rpc } from '../../src/devnet/node/rpc.js'
import { type Anvil, startAnvil } from '../../src/devnet/node/startAnvil.js'
import { stopProcess } from '../../src/devnet/node/stopProcess.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'

const folder = mkdtempSync(join(tmpdir(), 'openledger-sending-'))
const { user } = devAccounts()
const [priced, plain] = [`0x${'a'.repeat(40)}`, `0x${'b'.repeat(40)}`] as const
const abi = [{ type: 'function', name: 'act', inputs: [], outputs: [], stateMutability: 'nonpayable' }] as const
let node: Anvil
let network: ReturnType<typeof defineNetwork>

beforeAll(async () => {
  node = await startAnvil({ layer: 'L2', chainId: 901, port: 0, log: join(folder, 'log'), flags: [] })
  network = defineNetwork({ name: 'alone', chainId: 901, rpcUrl: node.rpcUrl })
  await rpc(node.rpcUrl, 'anvil_setBalance', [user.address, '0x56bc75e2d63100000'])
  // Reverts where gas has a price: when it is mined, and not when it is tried. The other does nothing.
  await rpc(node.rpcUrl, 'anvil_setCode', [priced, '0x3a600557005b5f5ffd'])
  await rpc(node.rpcUrl, 'anvil_setCode', [plain, '0x00'])
})
afterAll(async () => {
  await stopProcess(node)
  rmSync(folder, { recursive: true })
})

const act = (address: Address) =>
  sendCall(createChainClient({ network, account: user }), {
    contract: 'Open',
    address,
    abi,
    functionName: 'act',
    args: [],
  })

test('a transaction that fails when it is mined is named by its hash and block', async () => {
  await expect(act(priced)).rejects.toMatchObject({ code: 'OL1611', details: { contract: 'Open', function: 'act' } })
})

test('a transaction that nobody mines is not waited for without end', async () => {
  await rpc(node.rpcUrl, 'evm_setAutomine', [false])
  // viem waits for three minutes.
  const { setTimeout: later } = globalThis
  const short = jest
    .spyOn(globalThis, 'setTimeout')
    .mockImplementation(((action: () => void, wait: number) => later(action, wait === 180_000 ? 500 : wait)) as never)
  try {
    await expect(act(plain)).rejects.toMatchObject({ code: 'OL1612', details: { function: 'act' } })
  } finally {
    short.mockRestore()
    await rpc(node.rpcUrl, 'evm_setAutomine', [true])
  }
})

test('nothing is signed for another chain than that of the network', async () => {
  const account = guardAccount(user, network, createChainClient({ network }), undefined)
  const signed = account.signTypedData({
    domain: { chainId: 1 },
    types: { Note: [{ name: 'text', type: 'string' }] },
    primaryType: 'Note',
    message: { text: 'no' },
  })
  await expect(signed).rejects.toMatchObject({ code: 'OL1632', details: { found: '1', expected: 901 } })
})
