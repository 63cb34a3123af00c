import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { numberToHex } from 'viem'
import { ProofStore } from '../../../src/devnet/bridge/ProofStore.js'
import { messagePasserAddress } from '../../../src/devnet/bridge/predeploys.js'
import { Relayer } from '../../../src/devnet/bridge/Relayer.js'
import { readOracle, readOutput } from '../../../src/devnet/bridge/readOracle.js'
import { rpc } from '../../../src/devnet/node/rpc.js'
import { devAccounts } from '../../../src/devnet/state/accounts.js'
import { type BridgeWorld, startBridgeWorld } from './bridgeWorld.js'

let world: BridgeWorld
beforeAll(async () => {
  world = await startBridgeWorld()
})
afterAll(() => world.stop())

test('an output whose state the node has forgotten is passed over, and withdrawals before it can be proven', async () => {
  const { l1, l2, addresses } = world
  // Its fallback withdraws to the sender.
  const call = { from: devAccounts().user.address, to: messagePasserAddress, value: '0x5', gas: numberToHex(200_000) }
  await rpc(l2.rpcUrl, 'eth_sendTransaction', [call])
  // While nobody proposes: more than the node keeps states of.
  for (let mined = 0; mined < 1_500; mined += 250) await rpc(l2.rpcUrl, 'anvil_mine', [numberToHex(250)])
  await expect(rpc(l2.rpcUrl, 'eth_getProof', [messagePasserAddress, [], '0x4'])).rejects.toThrow(/BlockOutOfRange/)

  const proofs = new ProofStore()
  const lines: string[] = []
  const urls = { l1RpcUrl: l1.rpcUrl, l2RpcUrl: l2.rpcUrl }
  const relayer = new Relayer({ ...urls, addresses, proofs, log: (line) => lines.push(line) })
  relayer.start()
  await relayer.idle(20).finally(() => relayer.stop())

  const oracle = addresses.L2OutputOracle
  const { count, latest, next } = await readOracle(l1.rpcUrl, oracle)
  expect(latest).toBeGreaterThan(1_500n)
  // The oracle goes on by its own interval.
  expect(next - latest).toBe(4n)
  // So far behind, it does not begin with an output that it could not compute.
  expect(lines.filter((line) => line.includes('cannot be proposed'))).toEqual([])
  expect(count).toBeLessThan(5n)
  const outputs = await Promise.all(
    Array.from({ length: Number(count) }, (_, index) => readOutput(l1.rpcUrl, oracle, BigInt(index))),
  )
  const covered = outputs.flatMap(({ root }) => proofs.get(root)?.proof?.storageProof ?? [])
  expect(covered.map(({ value }) => value)).toEqual(['0x1'])
})
