import { z } from 'zod'
import { addressSchema } from './address.js'
import { builtInNetworks, localNetwork } from './localNetwork.js'

const signerSchema = z.strictObject({
  /** A shell command that runs in the folder of the configuration file, reads a request from stdin and answers on stdout. */
  command: z.string().trim().min(1),
  /** The account for which the command signs. */
  address: addressSchema,
  /** Seconds that one signature may take; a person may have to press a button. */
  timeoutSeconds: z.number().positive().max(3600).optional(),
})

const networkSchema = z.strictObject({
  /** Required except for the built-in networks. */
  chainId: z.int().positive().optional(),
  rpcUrl: z.url({ protocol: /^(https?|wss?)$/, error: 'must be an http, https, ws or wss URL' }).optional(),
  /** Address of each contract by its name, such as `DatanetRegistry`. */
  addresses: z.record(z.string(), addressSchema).optional(),
  /** Keystore whose key signs on this network, unless `--account` names another account. */
  account: z.string().min(1).optional(),
  /** A command that signs on this network instead of a keystore. */
  signer: signerSchema.optional(),
  /** First block to search for events of the contracts. By default openledger finds it by asking the node for their code. */
  deploymentBlock: z.int().nonnegative().optional(),
  /** Largest number of blocks in one eth_getLogs request. */
  logRange: z.int().positive().max(1_000_000).optional(),
})

const networks = z.record(z.string().min(1), networkSchema).superRefine((described, context) => {
  const refuse = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message })
  for (const [name, { chainId, account, signer }] of Object.entries(described)) {
    const known = Object.hasOwn(builtInNetworks, name) ? builtInNetworks[name] : undefined
    if (name === localNetwork) refuse([name], 'is the name of the local network, which needs no description')
    if (known !== undefined && chainId !== undefined && chainId !== known.chainId)
      refuse([name, 'chainId'], `must be ${known.chainId}, the chain of this name; give another chain another name`)
    if (account !== undefined && signer !== undefined) refuse([name], 'must have an account or a signer, not both')
  }
})

/** The user's own file, which applies to all workspaces. */
export const userConfigSchema = z.strictObject({
  /** Folder of the base model, relative to this file, or a model on the Hugging Face Hub. */
  base: z.string().min(1).optional(),
  /** Name of the network that commands use, by default `devnet`. */
  network: z.string().min(1).optional(),
  networks: networks.optional(),
  /** SPDX identifier of new records that do not name their own. */
  licence: z.string().min(1).optional(),
})

/** `openledger.config.*` of a workspace. The schema refuses unknown fields, so that a misspelt one is not silently ignored. */
export const configSchema = userConfigSchema.extend({
  workspaceVersion: z.literal(1),
  /** Name of the Datanet on chain. */
  name: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9-]{0,62}$/,
      'must be 1 to 63 lower-case letters, digits or dashes, not starting with a dash',
    ),
  /** The template that `init` copied. */
  template: z.string().min(1).optional(),
})

/** A network as one file describes it; another file may add fields. */
export type NetworkDescription = z.infer<typeof networkSchema>
export type SignerDescription = z.infer<typeof signerSchema>
export type WorkspaceConfig = z.infer<typeof configSchema>
