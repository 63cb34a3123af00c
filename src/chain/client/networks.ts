import { type Address, type Chain, type ChainContract, defineChain } from 'viem'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'

export type ContractName =
  | 'DatanetRegistry'
  | 'ModelRegistry'
  | 'RewardPool'
  | 'Staking'
  | 'AttributionLedger'
  | 'InferenceEscrow'
  | 'GOPEN'
  | 'WOPEN'
  | 'OpenLedgerGovernor'
  | 'OpenLedgerTimelock'
  | 'Open'
  | 'OptimismPortal'
  | 'L2ToL1MessagePasser'

/** A chain, its URL, and the contracts on it. */
export interface Network {
  /** The name in the configuration and in `--network`. */
  readonly name: string
  readonly rpcUrl: string
  readonly chain: Chain
  /** Those of `chain.contracts`, by name. */
  readonly addresses: Readonly<Partial<Record<string, Address>>>
  /** The most blocks that one eth_getLogs may span. */
  readonly logRange: number
  /** First block that may have events of the contracts; undefined if it is not known. */
  readonly deploymentBlock: number | undefined
}

export interface NetworkParameters {
  readonly name: string
  readonly chainId: number
  /** Optional for a chain with a public one. */
  readonly rpcUrl?: string | undefined
  readonly addresses?: Readonly<Partial<Record<string, Address>>> | undefined
  /** By default 1000, the limit of the public node. */
  readonly logRange?: number | undefined
  readonly deploymentBlock?: number | undefined
}

const open = { name: 'OPEN', symbol: 'OPEN', decimals: 18 } as const
const ether = { name: 'Ether', symbol: 'ETH', decimals: 18 } as const

interface KnownChain {
  readonly name: string
  readonly nativeCurrency: typeof open | typeof ether
  readonly rpcUrl?: string
  readonly explorer?: string
  readonly testnet?: boolean
}

const knownChains: Readonly<Record<number, KnownChain>> = {
  900: { name: 'OpenLedger devnet L1', nativeCurrency: ether, testnet: true },
  901: { name: 'OpenLedger devnet L2', nativeCurrency: open, testnet: true },
  1612: {
    name: 'OpenLedger',
    nativeCurrency: open,
    rpcUrl: 'https://rpc.openledger.xyz',
    explorer: 'https://scan.openledger.xyz',
  },
  161201: {
    name: 'OpenLedger Testnet',
    nativeCurrency: open,
    explorer: 'https://scantn.openledger.xyz',
    testnet: true,
  },
}

/**
 * A network from the configuration or the devnet's state file. Chains 900 and 901 (devnet), 1612 (mainnet) and 161201
 * (testnet) have names of their own. Every other chain has the name of the network, with OPEN as its coin. The
 * addresses become `chain.contracts`, where actions look them up.
 *
 * @throws OL1602 when no RPC URL is known
 * @example
 * const network = defineNetwork({ name: 'openledger', chainId: 1612, addresses: { DatanetRegistry: '0x…' } })
 */
export function defineNetwork(parameters: NetworkParameters): Network {
  const { name, chainId, rpcUrl: given, addresses = {}, logRange = 1000, deploymentBlock } = parameters
  const known = knownChains[chainId] ?? { name, nativeCurrency: open }
  const rpcUrl = given ?? known.rpcUrl
  if (rpcUrl === undefined) throw new OpenLedgerError('OL1602', { network: name, chainId })
  const chain = defineChain({
    id: chainId,
    name: known.name,
    nativeCurrency: known.nativeCurrency,
    rpcUrls: { default: { http: [rpcUrl] } },
    ...(known.explorer !== undefined && { blockExplorers: { default: { name: 'Explorer', url: known.explorer } } }),
    testnet: known.testnet ?? false,
    contracts: contractsAt(addresses),
    // Errors name the network as the configuration does, not as the chain is called.
    custom: { network: name },
  })
  return { name, rpcUrl, chain, addresses, logRange, deploymentBlock }
}

const contractsAt = (addresses: Network['addresses']): Record<string, ChainContract> =>
  Object.fromEntries(
    Object.entries(addresses).flatMap(([name, address]) => (address === undefined ? [] : [[name, { address }]])),
  )

/** Whether a network is a development chain on this machine, where public test keys are harmless. */
export function isLocalNetwork({ chain, rpcUrl }: Pick<Network, 'rpcUrl'> & { chain: Pick<Chain, 'id'> }): boolean {
  const { hostname } = new URL(rpcUrl)
  const loopback = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
  return loopback && [900, 901, 31337].includes(chain.id)
}
