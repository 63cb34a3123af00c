import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { createClient, createPublicClient, custom, decodeFunctionData, encodeFunctionResult, type Hex } from 'viem'
import { openledgerActions } from '../../src/chain/actions/openledgerActions.js'
import { defineNetwork } from '../../src/chain/client/networks.js'
import { inferenceEscrowAbi } from '../../src/chain/contracts/InferenceEscrow.abi.generated.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import { root } from '../cli/openledger.js'

const escrow = '0x532799D79C97fE3CB0F2ab80da00C5C52c96CA30'
const chain = defineNetwork({
  name: 'n',
  chainId: 901,
  rpcUrl: 'http://127.0.0.1:9',
  addresses: { InferenceEscrow: escrow },
}).chain
const room = join(root, 'src', 'chain')

/** Answers every call of `redeemed` with 7 wei, and notes what was asked. */
function node() {
  const calls: { readonly to: Hex; readonly data: Hex }[] = []
  const transport = custom({
    async request({ params: [call] }) {
      calls.push(call)
      return encodeFunctionResult({ abi: inferenceEscrowAbi, functionName: 'redeemed', result: 7n })
    },
  })
  return { calls, transport }
}

test('a client has every action as a method, for each file one', () => {
  const files = readdirSync(join(room, 'actions'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && path.includes('/'))
    .map((path) => basename(path, '.ts'))
  const client = createClient({ account: devAccounts().user, chain, transport: node().transport })
  expect(Object.keys(openledgerActions()(client)).sort()).toEqual(files.sort())
  expect(files).toContain('getRedeemed')
})

test('a method calls the contract of the client’s chain', async () => {
  const { calls, transport } = node()
  const client = createPublicClient({ chain, transport }).extend(openledgerActions())
  const [payer, modelId] = [devAccounts().user.address, `0x${'ab'.repeat(32)}`] as const
  expect(await client.getRedeemed({ payer, modelId })).toBe(7n)
  expect(calls.map(({ to }) => to)).toEqual([escrow])
  expect(decodeFunctionData({ abi: inferenceEscrowAbi, data: calls[0]?.data ?? '0x' })).toEqual({
    functionName: 'redeemed',
    args: [payer, modelId],
  })
  // viem's own methods are still there.
  expect(client.getBalance).toBeInstanceOf(Function)
  // @ts-expect-error A client without an account is typed with the reading actions only.
  expect(client.stake).toBeInstanceOf(Function)
})

test('no file of the room loads the code of a contract', () => {
  const files = readdirSync(room, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))
  expect(files).toContain('contracts/Staking.bytecode.generated.ts')
  for (const path of files) expect(readFileSync(join(room, path), 'utf8')).not.toMatch(/from '.*\.bytecode\.generated/)
})
