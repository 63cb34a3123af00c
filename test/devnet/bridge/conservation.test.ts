import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from '@jest/globals'
import { type Address, encodeFunctionData, type Hash, type Hex, numberToHex, parseEther } from 'viem'
import { getBlock, getLogs, readContract } from 'viem/actions'
import { openAbi } from '../../../src/chain/contracts/Open.abi.generated.js'
import {
  failingDeposit,
  parseDeposit,
  serializeDeposit,
  transactionDepositedTopic,
} from '../../../src/devnet/bridge/depositTransaction.js'
import { depositorAccount, messagePasserAddress, sequencerFeeVault } from '../../../src/devnet/bridge/predeploys.js'
import { Relayer } from '../../../src/devnet/bridge/Relayer.js'
import { minedInTurn } from '../../../src/devnet/l2Rpc/minedInTurn.js'
import { servePublicRpc } from '../../../src/devnet/l2Rpc/servePublicRpc.js'
import { rpc } from '../../../src/devnet/node/rpc.js'
import { optimismPortalAbi } from '../../../src/devnet/optimism/OptimismPortal.abi.generated.js'
import { devAccounts } from '../../../src/devnet/state/accounts.js'
import { Turns } from '../../../src/files/Turns.js'
import { ended, eventually, firstLine } from '../processes.js'
import { type BridgeWorld, startBridgeWorld, viemClients } from './bridgeWorld.js'
import { meetings, type RecordingNode, recordNode } from './recordingNode.js'

let world: BridgeWorld | undefined
afterEach(async () => {
  await world?.stop()
  world = undefined
})

const accounts = Object.values(devAccounts()).map(({ address }) => address)
const strangers: readonly Address[] = [
  '0x00000000000000000000000000000000000000aa',
  // It withdraws what it receives; the next takes none, so that the deposit mints and fails.
  messagePasserAddress,
  '0x4200000000000000000000000000000000000015',
]

/** Numbers that look random, the same for the same seed. */
function random(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

function spawnRelayer({ l1, l2, addresses, folder }: BridgeWorld): ChildProcess {
  const here = join(process.cwd(), 'test', 'devnet')
  const script = ['--import', join(here, 'loadTypeScript.js'), join(here, 'bridge', 'relayerProcess.ts')]
  const given = [
    l1.rpcUrl,
    l2.rpcUrl,
    addresses.OptimismPortal,
    addresses.L2OutputOracle,
    join(folder, 'outputs.jsonl'),
  ]
  return spawn(process.execPath, [...script, ...given], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Random deposits of every kind, sent to the L1 without waiting for the L2. */
async function deposit({ l1, addresses }: BridgeWorld, draw: (below: number) => number): Promise<void> {
  const from = accounts[draw(accounts.length)]
  const to = [...accounts, ...strangers][draw(accounts.length + strangers.length)]
  const mint = draw(4) === 0 ? 0n : BigInt(draw(1_000_000)) * 10n ** 12n
  const kind = draw(6)
  // Value: all of it, a part, more than was minted but there, more than there is.
  const value = [mint, mint / 2n, mint + 1n, parseEther('900000'), 0n, mint][kind] ?? 0n
  const isCreation = kind === 4
  // Gas: plenty, or the least that the portal sells, which is too little for data since EIP-7623.
  const data: Hex = isCreation ? '0x600060005360016000f3' : kind === 5 ? `0x${'ab'.repeat(200)}` : '0x'
  const gas = kind === 5 ? 21_000n + 16n * 200n : 200_000n
  const call = encodeFunctionData({
    abi: optimismPortalAbi,
    functionName: 'depositERC20Transaction',
    args: [isCreation ? '0x0000000000000000000000000000000000000000' : to!, mint, value, gas, isCreation, data],
  })
  await rpc(l1.rpcUrl, 'eth_sendTransaction', [{ from, to: addresses.OptimismPortal, data: call, gas: '0xf4240' }])
}

async function withdraw({ l2 }: BridgeWorld, draw: (below: number) => number): Promise<void> {
  const from = accounts[draw(accounts.length)]
  const value = numberToHex(BigInt(draw(1_000)) * 10n ** 12n)
  // Its fallback withdraws to the sender.
  const call = { from, to: messagePasserAddress, value, gas: numberToHex(200_000) }
  await rpc(l2.rpcUrl, 'eth_sendTransaction', [call])
}

/** Both chains read back in full: what was asked for on the L1, and what ran on the L2. */
async function history(of: BridgeWorld) {
  const { l1, l2 } = viemClients(of, of.l1.rpcUrl, of.l2.rpcUrl)
  const found = (await rpc(of.l1.rpcUrl, 'eth_getLogs', [
    { address: of.addresses.OptimismPortal, topics: [transactionDepositedTopic], fromBlock: '0x0' },
  ])) as { topics: Hex[]; data: Hex; blockHash: Hash; logIndex: Hex }[]
  const asked = found.map((log) => parseDeposit({ ...log, logIndex: Number(log.logIndex) }))
  const ran: { hash: Hash; from: Address; to: Address | null }[] = []
  const origins: bigint[] = []
  for (let number = 1n; number <= (await l2.getBlockNumber()); number++) {
    const { transactions } = await getBlock(l2, { blockNumber: number, includeTransactions: true })
    for (const transaction of transactions) {
      if ((transaction as { typeHex?: string }).typeHex !== '0x7e') continue
      const { input } = transaction
      if (input.startsWith('0x440a5e20')) origins.push(BigInt(`0x${input.slice(2 + 2 * 28, 2 + 2 * 36)}`))
      else ran.push(transaction)
    }
  }
  const withdrawn = await getLogs(l2, { address: messagePasserAddress, fromBlock: 0n })
  return { l1, l2, asked, ran, origins, withdrawn: withdrawn.length }
}

/** Each deposit once, in the order of the L1, itself or what takes the place of one that cannot run; every L1 block once. */
async function expectFaithful(of: BridgeWorld): Promise<void> {
  const { l1, l2, asked, ran, origins } = await history(of)
  /** Which deposit of the L1 each transaction of the L2 is. */
  const indices = ran.map(({ hash }) =>
    asked.findIndex((fields) => [serializeDeposit(fields).hash, failingDeposit(fields).hash].includes(hash)),
  )
  expect(indices).toEqual(asked.map((_, index) => index))
  // A killed relayer's attributes may be sent again by the next; that changes nothing. None is left out.
  expect([...new Set(origins)]).toEqual(
    Array.from({ length: Number(await l1.getBlockNumber()) }, (_, index) => BigInt(index + 1)),
  )

  const { Open, OptimismPortal } = of.addresses
  const locked = await readContract(l1, {
    address: Open,
    abi: openAbi,
    functionName: 'balanceOf',
    args: [OptimismPortal],
  })
  const counted = await readContract(l1, { address: OptimismPortal, abi: optimismPortalAbi, functionName: 'balance' })
  const created = await Promise.all(
    ran.map(async ({ hash }) => (await l2.getTransactionReceipt({ hash })).contractAddress ?? undefined),
  )
  const holders = new Set(
    [...accounts, ...strangers, ...created, depositorAccount, sequencerFeeVault, baseFeeVault, l1FeeVault]
      .filter((address) => address !== undefined)
      .map((address) => address.toLowerCase() as Address),
  )
  const held = await Promise.all([...holders].map((address) => l2.getBalance({ address })))
  expect(counted).toBe(locked)
  // What was withdrawn and not paid out lies with the message passer; nothing was paid out here.
  expect(held.reduce((sum, amount) => sum + amount, 0n)).toBe(locked)
}

const baseFeeVault = '0x4200000000000000000000000000000000000019'
const l1FeeVault = '0x420000000000000000000000000000000000001A'

async function approveAll({ l1, addresses }: BridgeWorld): Promise<void> {
  const data = encodeFunctionData({
    abi: openAbi,
    functionName: 'approve',
    args: [addresses.OptimismPortal, parseEther('1000000')],
  })
  for (const from of accounts) await rpc(l1.rpcUrl, 'eth_sendTransaction', [{ from, to: addresses.Open, data }])
}

/** Waits until the relayer has nothing left to do. */
async function settled(of: BridgeWorld): Promise<void> {
  const { l1, l2, addresses } = of
  const relayer = new Relayer({ l1RpcUrl: l1.rpcUrl, l2RpcUrl: l2.rpcUrl, addresses })
  relayer.start()
  await relayer.idle(20).finally(() => relayer.stop())
}

describe('OPEN locked on the L1 is OPEN minted on the L2', () => {
  test.each([1, 2, 3])('after random deposits and withdrawals of every kind (seed %s)', async (seed) => {
    world = await startBridgeWorld()
    const draw = random(seed)
    const relayer = new Relayer({ l1RpcUrl: world.l1.rpcUrl, l2RpcUrl: world.l2.rpcUrl, addresses: world.addresses })
    await approveAll(world)
    relayer.start()
    try {
      for (let step = 0; step < 40; step++) await (draw(4) === 0 ? withdraw(world, draw) : deposit(world, draw))
      await relayer.idle(20)
    } finally {
      await relayer.stop()
    }
    await expectFaithful(world)
  })

  /** Deposits while clients of the public RPC mine as fast as they can: what reached the node, and when. */
  async function depositAmongMiners(here: BridgeWorld, ofRelayer: Turns, ofRpc: Turns): Promise<RecordingNode> {
    const { l1, l2, addresses } = here
    const node = await recordNode(l2.rpcUrl)
    const relayer = new Relayer({ l1RpcUrl: l1.rpcUrl, l2RpcUrl: node.url, addresses, turns: ofRelayer })
    const served = await servePublicRpc({
      layer: 'L2',
      upstreamUrl: node.url,
      port: 0,
      intercepts: [minedInTurn(ofRpc)],
    })
    await approveAll(here)
    const draw = random(4)
    relayer.start()
    let mining = true
    const mine = async () => {
      while (mining) await rpc(served.url, draw(2) === 0 ? 'evm_mine' : 'anvil_mine', [])
    }
    const miners = Promise.all(Array.from({ length: 4 }, mine))
    try {
      for (let step = 0; step < 30; step++) await deposit(here, draw)
      // Each with the attributes of its L1 block.
      await eventually(() => node.deposits.length >= 60)
    } finally {
      mining = false
      await miners
      await relayer.idle(20).finally(() => relayer.stop())
      await served.close()
      await node.close()
    }
    expect(node.mines.length).toBeGreaterThanOrEqual(30)
    return node
  }

  test('while clients of the public RPC mine: the node is never asked to while a deposit is under way', async () => {
    world = await startBridgeWorld()
    const turns = new Turns()
    const { deposits, mines } = await depositAmongMiners(world, turns, turns)
    // Anvil would run such a deposit twice, now and then.
    expect(meetings(deposits, mines)).toBe(0)
    await expectFaithful(world)
  })

  test('what that test counts happens where the relayer and the public RPC do not take turns', async () => {
    world = await startBridgeWorld()
    const { deposits, mines } = await depositAmongMiners(world, new Turns(), new Turns())
    expect(meetings(deposits, mines)).toBeGreaterThan(0)
  })

  test('with a relayer that is killed again and again, each deposit runs once, in its order', async () => {
    world = await startBridgeWorld()
    const here = world
    await approveAll(here)
    const draw = random(Date.now())
    let killing = true
    let count = 0
    const kills = (async () => {
      while (killing) {
        const relayer = spawnRelayer(here)
        await firstLine(relayer)
        // From before its first request to well into its work.
        await sleep(draw(3) === 0 ? draw(1_500) : draw(150))
        relayer.kill('SIGKILL')
        await ended(relayer)
        count++
      }
    })()
    try {
      // On a busy machine a relayer takes seconds to start: there must be enough of them.
      for (let step = 0; step < 120 || (count <= 5 && step < 600); step++) {
        await (draw(6) === 0 ? withdraw(here, draw) : deposit(here, draw))
        await sleep(draw(100))
      }
    } finally {
      killing = false
    }
    await kills
    expect(count).toBeGreaterThan(5)
    await settled(here)
    await expectFaithful(here)
  })
})
