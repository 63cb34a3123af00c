import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { parseEther } from 'viem'
import { walletActionsL2 } from 'viem/op-stack'
import { proveWithdrawal } from '../../../src/devnet/bridge/completeWithdrawal.js'
import { depositOpen } from '../../../src/devnet/bridge/depositOpen.js'
import { ProofStore } from '../../../src/devnet/bridge/ProofStore.js'
import { Relayer } from '../../../src/devnet/bridge/Relayer.js'
import { rpc } from '../../../src/devnet/node/rpc.js'
import { devAccounts } from '../../../src/devnet/state/accounts.js'
import type { DevnetState } from '../../../src/devnet/state/devnetState.js'
import { type BridgeWorld, startBridgeWorld, viemClients } from './bridgeWorld.js'

const { user } = devAccounts()
const amountWei = parseEther('1')
/** An account of the L2 whose code refuses all money. */
const refusing = `0x${'c'.repeat(40)}` as const
let world: BridgeWorld
let devnet: DevnetState

beforeAll(async () => {
  world = await startBridgeWorld()
  devnet = world as unknown as DevnetState
  await rpc(world.l2.rpcUrl, 'anvil_setCode', [refusing, '0x5f5ffd'])
})
afterAll(() => world.stop())

test('without anybody who carries it across neither a deposit nor a withdrawal is waited for without end', async () => {
  const { l2 } = viemClients(world, world.l1.rpcUrl, world.l2.rpcUrl)
  const hash = await l2.extend(walletActionsL2()).initiateWithdrawal({
    request: { gas: 21_000n, to: user.address, value: 1n },
  })
  // Both at once: each waits for some fifteen seconds.
  await Promise.all([
    expect(depositOpen(devnet, { from: user, to: user.address, amountWei })).rejects.toMatchObject({ code: 'OL1726' }),
    expect(proveWithdrawal(devnet, { hash, by: user })).rejects.toMatchObject({ code: 'OL1731', details: { hash } }),
  ])
})

test('a recipient that refuses a deposit is named, and the sender has it on the L2', async () => {
  const { l1, l2, addresses } = world
  const proofs = await ProofStore.open(join(world.folder, 'outputs.jsonl'))
  const relayer = new Relayer({ l1RpcUrl: l1.rpcUrl, l2RpcUrl: l2.rpcUrl, addresses, proofs, log: () => undefined })
  relayer.start()
  try {
    await relayer.idle()
    await expect(depositOpen(devnet, { from: user, to: refusing, amountWei })).rejects.toMatchObject({
      code: 'OL1727',
      details: { to: refusing, from: user.address },
    })
  } finally {
    await relayer.stop()
  }
})
