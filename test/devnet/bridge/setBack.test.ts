import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from '@jest/globals'
import { encodeAbiParameters, encodeFunctionData, type Hash, type Hex, keccak256, parseEther } from 'viem'
import { publicActionsL1, publicActionsL2, walletActionsL1, walletActionsL2 } from 'viem/op-stack'
import { openAbi } from '../../../src/chain/contracts/Open.abi.generated.js'
import { ProofStore } from '../../../src/devnet/bridge/ProofStore.js'
import { Relayer } from '../../../src/devnet/bridge/Relayer.js'
import { readOracle } from '../../../src/devnet/bridge/readOracle.js'
import { servePublicRpc } from '../../../src/devnet/l2Rpc/servePublicRpc.js'
import { storedProofs } from '../../../src/devnet/l2Rpc/storedProofs.js'
import { rpc } from '../../../src/devnet/node/rpc.js'
import { startAnvil } from '../../../src/devnet/node/startAnvil.js'
import { stopProcess } from '../../../src/devnet/node/stopProcess.js'
import { optimismPortalAbi } from '../../../src/devnet/optimism/OptimismPortal.abi.generated.js'
import { devAccounts } from '../../../src/devnet/state/accounts.js'
import { type BridgeWorld, startBridgeWorld, viemClients } from './bridgeWorld.js'

let world: BridgeWorld
let relayer: Relayer | undefined
const lines: string[] = []

async function begin(): Promise<void> {
  world = await startBridgeWorld()
  lines.length = 0
  const { l1, l2, addresses, folder } = world
  const proofs = await ProofStore.open(join(folder, 'outputs.jsonl'))
  const log = (line: string) => lines.push(line)
  relayer = new Relayer({ l1RpcUrl: l1.rpcUrl, l2RpcUrl: l2.rpcUrl, addresses, proofs, log })
  relayer.start()
  await relayer.idle()
}

afterEach(async () => {
  await relayer?.stop()
  await world?.stop()
})

const user = devAccounts().user.address

async function deposit(wei: bigint): Promise<void> {
  const { Open, OptimismPortal } = world.addresses
  const approval = encodeFunctionData({ abi: openAbi, functionName: 'approve', args: [OptimismPortal, wei] })
  const args = [user, wei, wei, 100_000n, false, '0x'] as const
  const data = encodeFunctionData({ abi: optimismPortalAbi, functionName: 'depositERC20Transaction', args })
  await rpc(world.l1.rpcUrl, 'eth_sendTransaction', [{ from: user, to: Open, data: approval }])
  await rpc(world.l1.rpcUrl, 'eth_sendTransaction', [{ from: user, to: OptimismPortal, data, gas: '0xf4240' }])
  await relayer?.idle()
}

const balance = async (): Promise<bigint> =>
  BigInt(String(await rpc(world.l2.rpcUrl, 'eth_getBalance', [user, 'latest'])))

async function withdraw(wei: bigint): Promise<Hash> {
  const { l2 } = viemClients(world, world.l1.rpcUrl, world.l2.rpcUrl)
  const client = l2.extend(walletActionsL2())
  const hash = await client.initiateWithdrawal({ request: { gas: 21_000n, to: user, value: wei } })
  await relayer?.idle()
  return hash
}

/** Every output on the L1 is of a block that the L2 has, with the root that its parts give. */
async function expectTrueOutputs(): Promise<void> {
  const { l1, l2, l2Chain: targetChain } = viemClients(world, world.l1.rpcUrl, world.l2.rpcUrl)
  const { latest } = await readOracle(world.l1.rpcUrl, world.addresses.L2OutputOracle)
  expect(latest).toBeLessThanOrEqual(await l2.getBlockNumber())
  for (let number = 4n; number <= latest; number += 4n) {
    const output = await l1.extend(publicActionsL1()).getL2Output({ l2BlockNumber: number, targetChain })
    const block = await l2.getBlock({ blockNumber: number })
    const proof = await l2.getProof({
      address: '0x4200000000000000000000000000000000000016',
      storageKeys: [],
      blockNumber: number,
    })
    const parts = [`0x${'00'.repeat(32)}`, block.stateRoot, proof.storageHash, block.hash] as [Hex, Hex, Hex, Hex]
    const types = [{ type: 'bytes32' }, { type: 'bytes32' }, { type: 'bytes32' }, { type: 'bytes32' }] as const
    expect(output.outputRoot).toBe(keccak256(encodeAbiParameters(types, parts)))
  }
}

describe('a layer that is set back', () => {
  test('the L1: the L2 gives up the deposits that are gone, and follows the new blocks', async () => {
    await begin()
    const before = await balance()
    await deposit(parseEther('1'))
    const snapshot = await rpc(world.l1.rpcUrl, 'evm_snapshot')
    await deposit(parseEther('20'))
    expect(await balance()).toBe(before + parseEther('21'))

    await rpc(world.l1.rpcUrl, 'evm_revert', [snapshot])
    await relayer?.idle()
    expect(await balance()).toBe(before + parseEther('1'))
    expect(lines.join()).toContain('the L1 reverted its block')

    await deposit(parseEther('300'))
    expect(await balance()).toBe(before + parseEther('301'))
    await expectTrueOutputs()
  })

  test('the L2: it gets its deposits again, and outputs of blocks that it lost are deleted', async () => {
    await begin()
    const before = await balance()
    await deposit(parseEther('1'))
    const snapshot = await rpc(world.l2.rpcUrl, 'evm_snapshot')
    await deposit(parseEther('20'))
    await withdraw(parseEther('2'))
    await rpc(world.l2.rpcUrl, 'evm_revert', [snapshot])
    await relayer?.idle()

    expect(await balance()).toBe(before + parseEther('21'))
    await withdraw(parseEther('3'))
    expect(lines.join()).toContain('the L2 lost blocks whose outputs were proposed')
    await expectTrueOutputs()
  })
})

test('a withdrawal is proven after a restart that made the node forget the state of its block', async () => {
  await begin()
  const hash = await withdraw(parseEther('4'))
  for (let step = 0; step < 12; step++) await rpc(world.l2.rpcUrl, 'evm_mine')
  await relayer?.idle()
  await relayer?.stop()
  relayer = undefined
  const dump = join(world.folder, 'l2.json')
  const state = String(await rpc(world.l2.rpcUrl, 'anvil_dumpState'))
  await writeFile(dump, gunzipSync(Buffer.from(state.slice(2), 'hex')))
  const flags = ['--network', 'optimism', '--balance', '0', '--order', 'fifo', '--load-state', dump]
  const log = join(world.folder, 'again.log')
  const again = await startAnvil({ layer: 'L2', chainId: 901, port: 0, log, flags })
  const proofs = await ProofStore.open(join(world.folder, 'outputs.jsonl'))
  const served = await servePublicRpc({
    layer: 'L2',
    upstreamUrl: again.rpcUrl,
    port: 0,
    intercepts: [storedProofs(proofs)],
  })
  try {
    const direct = viemClients(world, world.l1.rpcUrl, again.rpcUrl)
    const { l1, l2, l2Chain: targetChain } = viemClients(world, world.l1.rpcUrl, served.url)
    const receipt = await l2.getTransactionReceipt({ hash })
    const client = l1.extend(publicActionsL1()).extend(walletActionsL1())
    const { output, withdrawal } = await client.waitToProve({ receipt, targetChain })
    const account = devAccounts().user
    await expect(
      direct.l2.extend(publicActionsL2()).buildProveWithdrawal({ account, output, withdrawal }),
    ).rejects.toThrow()

    const proof = await l2.extend(publicActionsL2()).buildProveWithdrawal({ account, output, withdrawal })
    const proven = await client.waitForTransactionReceipt({ hash: await client.proveWithdrawal(proof) })
    expect(proven.status).toBe('success')
  } finally {
    await served.close()
    await stopProcess(again)
  }
})
