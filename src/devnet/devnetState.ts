import { rm } from 'node:fs/promises'
import { z } from 'zod'
import { workspacePaths } from '../config/workspacePaths.js'
import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { readJson } from '../files/readText.js'
import { systemCode } from '../files/systemCode.js'
import { writeFileAtomic } from '../files/writeFileAtomic.js'

const hex = (digits: number) =>
  z
    .string()
    .regex(new RegExp(`^0x[0-9a-fA-F]{${digits}}$`), `must be 0x and ${digits} hexadecimal digits`)
    .transform((text) => text as `0x${string}`)

const processSchema = z.strictObject({ pid: z.int().positive(), identity: z.string().min(1) })

const layerSchema = processSchema.extend({
  chainId: z.int().positive(),
  instanceId: hex(64),
  rpcUrl: z.url(),
  log: z.string().min(1),
  /** Height at which all contracts were deployed and all accounts funded. */
  blockNumber: z.int().nonnegative(),
})

const addressesSchema = z.strictObject({
  /** On the L1: the token and the bridge; OptimismPortal holds what circulates on the L2. */
  Open: hex(40),
  ProxyAdmin: hex(40),
  SuperchainConfig: hex(40),
  SystemConfig: hex(40),
  L2OutputOracle: hex(40),
  OptimismPortal: hex(40),
  /** On the L2. */
  DatanetRegistry: hex(40),
  ModelRegistry: hex(40),
  RewardPool: hex(40),
  Staking: hex(40),
  AttributionLedger: hex(40),
  InferenceEscrow: hex(40),
  GOPEN: hex(40),
  WOPEN: hex(40),
  OpenLedgerTimelock: hex(40),
  OpenLedgerGovernor: hex(40),
})

const stateSchema = z.strictObject({
  version: z.literal(1),
  anvilVersion: z.string(),
  startedAt: z.iso.datetime(),
  /** The process whose end is the devnet's end; null after `devnet up -d`. */
  attachedTo: processSchema.nullable(),
  l1: layerSchema,
  l2: layerSchema,
  addresses: addressesSchema,
})

/** `.openledger/devnet.json`: everything a program needs to use, check or stop a devnet. */
export type DevnetState = z.infer<typeof stateSchema>
export type DevnetLayer = z.infer<typeof layerSchema>
export type DevnetAddresses = z.infer<typeof addressesSchema>

/**
 * What was recorded of the workspace's devnet, running or not; `undefined` when none was started or it was stopped.
 *
 * @throws OL1703 when the file is damaged
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
  const parsed = stateSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const reason = `${issue?.path.join('.') || 'the file'}: ${issue?.message}`
  throw new OpenLedgerError('OL1703', { path, reason }, { cause: parsed.error })
}

export const writeDevnet = (workspace: string, state: DevnetState): Promise<void> =>
  writeFileAtomic(workspacePaths(workspace).devnet, `${JSON.stringify(state, null, 2)}\n`)

export const removeDevnet = (workspace: string): Promise<void> => rm(workspacePaths(workspace).devnet, { force: true })
