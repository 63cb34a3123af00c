import { describe, expect, test } from '@jest/globals'
import { createClient, custom, defineChain } from 'viem'
import { generatePrivateKey, mnemonicToAccount, privateKeyToAccount } from 'viem/accounts'
import { foundry } from 'viem/chains'
import { getStaking } from '../../src/chain/actions/staking/getStaking.js'
import { contractAddress } from '../../src/chain/client/contractAddress.js'
import { createChainClient } from '../../src/chain/client/createChainClient.js'
import { devAccount, devMnemonic } from '../../src/chain/client/devMnemonic.js'
import { defineNetwork, isLocalNetwork } from '../../src/chain/client/networks.js'
import { devAccounts } from '../../src/devnet/state/accounts.js'
import { devAccountNames } from '../../src/devnet/state/devAccountNames.js'

const address = '0x532799D79C97fE3CB0F2ab80da00C5C52c96CA30'
const other = '0x0000000000000000000000000000000000000001'

describe('networks', () => {
  test('of the public chains keep their ids, names and coin', () => {
    const mainnet = defineNetwork({ name: 'openledger', chainId: 1612 })
    expect(mainnet.rpcUrl).toBe('https://rpc.openledger.xyz')
    expect(mainnet.chain).toMatchObject({ id: 1612, name: 'OpenLedger', testnet: false })
    expect(mainnet.chain.nativeCurrency).toEqual({ name: 'OPEN', symbol: 'OPEN', decimals: 18 })
    const testnet = defineNetwork({ name: 'openledger-testnet', chainId: 161201, rpcUrl: 'https://example.org' })
    expect(testnet.chain).toMatchObject({ id: 161201, name: 'OpenLedger Testnet', testnet: true })
  })

  test('need an RPC URL unless the chain has a public one', () => {
    expect(() => defineNetwork({ name: 'openledger-testnet', chainId: 161201 })).toThrow(
      expect.objectContaining({ code: 'OL1602', exitCode: 2 }),
    )
  })

  test('name their contracts, or say which is missing', () => {
    const network = defineNetwork({
      name: 'mine',
      chainId: 7,
      rpcUrl: 'http://host',
      addresses: { RewardPool: address },
    })
    expect(contractAddress(network, 'RewardPool')).toBe(address)
    expect(contractAddress(network, 'RewardPool', other)).toBe(other)
    expect(network.chain.contracts).toEqual({ RewardPool: { address } })
    expect(() => contractAddress(network, 'ModelRegistry')).toThrow(
      expect.objectContaining({ code: 'OL1610', details: { contract: 'ModelRegistry', network: 'mine', chainId: 7 } }),
    )
  })

  test('of a client that viem made name their contracts, too', async () => {
    const chain = defineChain({ ...foundry, contracts: { RewardPool: { address } } })
    const client = createClient({ account: undefined, chain, transport: custom({ request: async () => '0x' }) })
    expect(contractAddress(client, 'RewardPool')).toBe(address)
    // By the chain's own name, where no configuration has another.
    await expect(getStaking(client)).rejects.toMatchObject({
      code: 'OL1610',
      details: { contract: 'Staking', network: 'Foundry', chainId: 31337 },
    })
  })

  test.each([
    [901, 'http://127.0.0.1:8545', true],
    [900, 'http://localhost:1', true],
    [31337, 'http://[::1]:8545', true],
    [901, 'http://127.8.8.8', true],
    [1612, 'http://127.0.0.1:8545', false],
    [901, 'http://10.0.0.1:8545', false],
    [901, 'https://127.0.0.1.example.org', false],
    [901, 'https://localhost.example.org', false],
  ])('are local by chain id and address: %s %s %s', (chainId, rpcUrl, local) => {
    expect(isLocalNetwork(defineNetwork({ name: 'n', chainId, rpcUrl }))).toBe(local)
  })
})

describe('test keys', () => {
  test('are those of the public phrase, in the order of their names', () => {
    for (const [index, name] of devAccountNames.entries()) {
      const expected = mnemonicToAccount(devMnemonic, { addressIndex: index })
      expect(devAccounts()[name].address).toBe(expected.address)
    }
  })

  test.each([
    [1612, 'https://rpc.openledger.xyz'],
    [901, 'http://192.168.1.5:8545'],
    [1, 'http://127.0.0.1:8545'],
  ])('are refused off this machine: chain %s at %s', (chainId, rpcUrl) => {
    const network = defineNetwork({ name: 'n', chainId, rpcUrl })
    for (const index of [0, 9, 19]) {
      expect(() => createChainClient({ network, account: devAccount(index) })).toThrow(
        expect.objectContaining({ code: 'OL1601', exitCode: 4 }),
      )
    }
    const own = privateKeyToAccount(generatePrivateKey())
    expect(createChainClient({ network, account: own }).account.address).toBe(own.address)
    expect(createChainClient({ network }).account).toBeUndefined()
  })
})
