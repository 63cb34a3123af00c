import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from '@jest/globals'
import { Patience } from '../../src/devnet/node/Patience.js'
import { rpc } from '../../src/devnet/node/rpc.js'

let close: () => Promise<unknown> = async () => undefined
afterEach(() => close())

/** A node that leaves its first request without an answer, for good. */
async function deafOnce(): Promise<{ readonly url: string; readonly methods: string[] }> {
  const methods: string[] = []
  const server = createServer(async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    let text = ''
    for await (const part of incoming) text += part
    const [{ id, method }] = JSON.parse(text)
    methods.push(method)
    if (methods.length > 1) outgoing.end(JSON.stringify([{ jsonrpc: '2.0', id, result: methods.length }]))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close = () => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, methods }
}

test.each(['eth_getBlockByNumber', 'eth_call', 'txpool_status', 'anvil_getAutomine', 'anvil_impersonateAccount'])(
  '%s is asked again when there is no answer',
  async (method) => {
    const { url, methods } = await deafOnce()
    expect(await rpc(url, method)).toBe(2)
    expect(methods).toEqual([method, method])
  },
)

test.each(['eth_sendRawTransaction', 'eth_sendTransaction', 'evm_mine', 'anvil_mine', 'anvil_dumpState', 'evm_revert'])(
  '%s, which would be carried out twice, is not',
  async (method) => {
    const { url, methods } = await deafOnce()
    let answered = false
    const asked = rpc(url, method).finally(() => {
      answered = true
    })
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(methods).toEqual([method])
    expect(answered).toBe(false)
    await close()
    await expect(asked).rejects.toThrow()
  },
)

test('patience is counted in time in which the process ran', () => {
  let now = 0
  const patience = new Patience(10, () => now)
  // The machine was suspended for an hour: one step.
  now += 3_600_000
  expect(patience.isOver()).toBe(false)
  for (let step = 0; step < 8; step++) {
    now += 1_000
    expect(patience.isOver()).toBe(false)
  }
  now += 1_000
  expect(patience.isOver()).toBe(true)
})
