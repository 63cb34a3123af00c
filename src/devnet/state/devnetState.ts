import { rm } from 'node:fs/promises'
import { z } from 'zod'
import { workspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { hexBytes } from '../../files/hexSchemas.js'
import { parseWith } from '../../files/parseWith.js'
import { readJson } from '../../files/readText.js'
import { systemCode } from '../../files/systemCode.js'
import { writeFileAtomic } from '../../files/writeFileAtomic.js'

const processSchema = z.strictObject({ pid: z.int().positive(), identity: z.string().min(1) })

const layerSchema = processSchema.extend({
  chainId: z.int().positive(),
  instanceId: hexBytes(32),
  /** URL of the layer's public RPC. */
  rpcUrl: z.url(),
  log: z.string().min(1),
  /** Height at which all contracts were deployed and all accounts funded. */
  blockNumber: z.int().nonnegative(),
})

/** The token and the bridge. OptimismPortal holds the OPEN that circulates on the L2. */
const l1Addresses = {
  Open: hexBytes(20),
  ProxyAdmin: hexBytes(20),
  SuperchainConfig: hexBytes(20),
  SystemConfig: hexBytes(20),
  L2OutputOracle: hexBytes(20),
  OptimismPortal: hexBytes(20),
}

const l2Addresses = {
  DatanetRegistry: hexBytes(20),
  ModelRegistry: hexBytes(20),
  RewardPool: hexBytes(20),
  Staking: hexBytes(20),
  AttributionLedger: hexBytes(20),
  InferenceEscrow: hexBytes(20),
  GOPEN: hexBytes(20),
  WOPEN: hexBytes(20),
  OpenLedgerTimelock: hexBytes(20),
  OpenLedgerGovernor: hexBytes(20),
}

/** Addresses of the contracts of both layers, by the names that the chain actions use. */
export const addressesSchema = z.strictObject({ ...l1Addresses, ...l2Addresses })

/** The layer of a contract of {@link DevnetAddresses}. The same address is another contract on the other layer. */
export const layerOfContract = (name: string): 'L1' | 'L2' => (Object.hasOwn(l1Addresses, name) ? 'L1' : 'L2')

const lostSchema = z.array(z.strictObject({ number: z.int().positive(), hash: hexBytes(32) }))

const restoredSchema = z.strictObject({
  savedAt: z.iso.datetime(),
  /** Heights at which the saved chains ended. */
  l1: z.int().nonnegative(),
  l2: z.int().nonnegative(),
  /** After a crash: blocks that were mined after the last save, from the nodes' logs. */
  lost: z.strictObject({ l1: lostSchema, l2: lostSchema }),
})

const stateSchema = z.strictObject({
  version: z.literal(2),
  anvilVersion: z.string(),
  startedAt: z.iso.datetime(),
  /** The keeper: when this process ends, the devnet ends. `detached` after `devnet up -d`. The key is that of earlier versions. */
  supervisor: processSchema.extend({ detached: z.boolean() }),
  /** Where the keeper takes requests, and the token that they must bear; a web page cannot read it. */
  control: z.strictObject({ url: z.url(), token: z.string().min(1) }),
  l1: layerSchema,
  l2: layerSchema,
  addresses: addressesSchema,
  /** The saved chains that the devnet continues; null for new ones. */
  restored: restoredSchema.nullable(),
  /** Why the devnet ended by itself; null while it runs. */
  fault: z.string().nullable(),
})

/** `.openledger/devnet.json`: everything a program needs to use, check or stop a devnet. */
export type DevnetState = z.infer<typeof stateSchema>
export type DevnetLayer = z.infer<typeof layerSchema>
export type DevnetAddresses = z.infer<typeof addressesSchema>
export type RestoredChains = z.infer<typeof restoredSchema>

/**
 * Reads the state file of the workspace's devnet, running or not; `undefined` when none was started or it was stopped.
 *
 * @throws OL1703 when the file is damaged
 * @example
 * const url = (await readDevnet('.'))?.l2.rpcUrl
 */
export async function readDevnet(workspace: string): Promise<DevnetState | undefined> {
  const path = workspacePaths(workspace).devnet
  let value: unknown
  try {
    value = await readJson(path)
  } catch (error) {
    if (!OpenLedgerError.is(error)) throw error
    if (systemCode(error.cause) === 'ENOENT') return undefined
    if (error.code !== 'OL1903') throw error
    throw new OpenLedgerError('OL1703', { path, reason: error.message }, { cause: error })
  }
  return parseWith(
    stateSchema,
    value,
    ({ reason, cause }) => new OpenLedgerError('OL1703', { path, reason }, { cause }),
  )
}

/** Whether the state file exists and belongs to the devnet with this token. A failure to read the file counts as yes. */
export const isStateOf = (workspace: string, token: string): Promise<boolean> =>
  readDevnet(workspace).then(
    (state) => state?.control.token === token,
    (error) => !(OpenLedgerError.is(error) && error.code === 'OL1703'),
  )

/** Only this user may read the file, because its token lets a program stop the devnet. */
export const writeDevnet = (workspace: string, state: DevnetState): Promise<void> =>
  writeFileAtomic(workspacePaths(workspace).devnet, `${JSON.stringify(state, null, 2)}\n`, 0o600)

export const removeDevnet = (workspace: string): Promise<void> => rm(workspacePaths(workspace).devnet, { force: true })
