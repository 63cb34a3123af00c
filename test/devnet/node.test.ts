import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, jest, test } from '@jest/globals'
import { ProofStore } from '../../src/devnet/bridge/ProofStore.js'
import { Relayer } from '../../src/devnet/bridge/Relayer.js'
import { askKeeper } from '../../src/devnet/keeper/control.js'
import { startDetached } from '../../src/devnet/keeper/startDetached.js'
import { servePublicRpc } from '../../src/devnet/l2Rpc/servePublicRpc.js'
import { anvilBinary, anvilVersion } from '../../src/devnet/node/anvilBinary.js'
import { LayerSetUp } from '../../src/devnet/node/LayerSetUp.js'
import { startAnvil } from '../../src/devnet/node/startAnvil.js'
import { stopProcess } from '../../src/devnet/node/stopProcess.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import { mine } from '../../src/devnet/state/warp.js'
import { processIdentity } from '../../src/files/processIdentity.js'

const folder = mkdtempSync(join(tmpdir(), 'openledger-node-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const start = (flags: readonly string[], port = 0) =>
  startAnvil({ layer: 'L1', chainId: 900, port, log: join(folder, 'l1.log'), flags })
/** Nothing listens there. */
const nowhere = 'http://127.0.0.1:9'

/** Runs something on a machine of another kind. */
async function onArchitecture<Result>(arch: string, action: () => Result): Promise<Result> {
  const before = Object.getOwnPropertyDescriptor(process, 'arch') as PropertyDescriptor
  Object.defineProperty(process, 'arch', { ...before, value: arch })
  try {
    return await action()
  } finally {
    Object.defineProperty(process, 'arch', before)
  }
}

describe('a node', () => {
  test('is named when there is none for the machine', async () => {
    expect(anvilVersion()).toMatch(/^\d+\.\d+\.\d+$/)
    await expect(onArchitecture('mips', anvilBinary)).rejects.toMatchObject({
      code: 'OL1700',
      details: { platform: `${process.platform}-mips` },
    })
  })

  test('that ends before it listens is reported with its last words', async () => {
    await expect(start(['--no-such-flag'])).rejects.toMatchObject({ code: 'OL1702', details: { layer: 'L1' } })
  })

  test('that refuses a step of its set-up is reported with that step', async () => {
    const node = await start(['--no-mining'])
    try {
      const layer = new LayerSetUp('L1', node)
      await expect(layer.prepare([{ method: 'anvil_noSuchMethod', params: [] }])).rejects.toMatchObject({
        code: 'OL1707',
        details: { layer: 'L1', step: 'preparing the node' },
      })
      // Code that reverts at once.
      const { address } = devAccounts().deployer
      await expect(layer.mine([{ step: 'deploying it', from: address, data: '0x5f5ffd' }])).rejects.toMatchObject({
        code: 'OL1707',
        details: { step: 'deploying it', reason: 'it was reverted' },
      })
    } finally {
      await stopProcess(node)
    }
  })
})

test('a process that the system does not let this one end is named', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const pid = child.pid as number
  const stopped = () => stopProcess({ pid, identity: processIdentity(pid) as string })
  // As for the process of another user, which root, as which these tests may run, could end.
  const refusing = jest.spyOn(process, 'kill').mockImplementation(() => {
    throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' })
  })
  try {
    await expect(stopped()).rejects.toMatchObject({ code: 'OL1706', details: { pid } })
  } finally {
    refusing.mockRestore()
  }
  expect(await stopped()).toBe(true)
})

test('an address that is not of this machine cannot be listened on', async () => {
  const options = { layer: 'L2', upstreamUrl: nowhere, port: 0, host: '203.0.113.1' } as const
  await expect(servePublicRpc(options)).rejects.toMatchObject({ code: 'OL1765', details: { layer: 'L2' } })
})

test('a relayer that was not started is not waited for', async () => {
  const addresses = {} as ConstructorParameters<typeof Relayer>[0]['addresses']
  const proofs = await ProofStore.open(join(folder, 'outputs.jsonl'))
  const relayer = new Relayer({ l1RpcUrl: nowhere, l2RpcUrl: nowhere, addresses, proofs, log: () => undefined })
  await expect(relayer.idle()).rejects.toMatchObject({ code: 'OL1720', details: { reason: 'it was not started' } })
})

test.each([0, 1.5, 100_001])('%d blocks cannot be mined at once', async (blocks) => {
  const layer = { rpcUrl: nowhere } as Parameters<typeof mine>[0]['l1']
  await expect(mine({ l1: layer, l2: layer }, blocks)).rejects.toMatchObject({ code: 'OL1755', details: { blocks } })
})

describe('the keeper', () => {
  test('that does not answer is named by its process', async () => {
    const state = { control: { url: nowhere, token: 'x' }, supervisor: { pid: 7 } } as Parameters<typeof askKeeper>[0]
    await expect(askKeeper(state, { order: 'stop' } as never)).rejects.toMatchObject({
      code: 'OL1754',
      details: { pid: 7, order: 'stop' },
    })
  })

  test('whose process ends before the devnet runs is reported with how it ended', async () => {
    // Node cannot run the sources as they are here: it ends at the first import.
    const started = startDetached({ workspace: folder } as Parameters<typeof startDetached>[0])
    await expect(started).rejects.toMatchObject({ code: 'OL1757', details: { reason: 'it ended with code 1' } })
  })
})
