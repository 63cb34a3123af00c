import { z } from 'zod'
import { addressSchema } from './address.js'
import { builtInNetworks, localNetwork } from './localNetwork.js'

const signerSchema = z.strictObject({
  /** A line of the shell, run in the folder of the configuration file. It gets a request on stdin and answers on stdout. */
  command: z.string().trim().min(1),
  /** The account whose signatures it gives. */
  address: addressSchema,
  /** How long it may take for one signature: a person may have to press a button. */
  timeoutSeconds: z.number().positive().max(3600).optional(),
})

const networkSchema = z.strictObject({
  /** May be left out for the networks that are known by their names. */
  chainId: z.int().positive().optional(),
  rpcUrl: z.url({ protocol: /^(https?|wss?)$/, error: 'must be an http, https, ws or wss URL' }).optional(),
  /** Contract name, for example `DatanetRegistry`, to its address. */
  addresses: z.record(z.string(), addressSchema).optional(),
  /** Keystore whose key signs here, unless `--account` names another. */
  account: z.string().min(1).optional(),
  /** Signs here in place of a keystore. */
  signer: signerSchema.optional(),
  /** Block from which the contracts' events are looked for; found by asking for their code unless given. */
  deploymentBlock: z.int().nonnegative().optional(),
  /** Blocks that one eth_getLogs may span. */
  logRange: z.int().positive().max(1_000_000).optional(),
})

const networks = z.record(z.string().min(1), networkSchema).superRefine((described, context) => {
  const refuse = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message })
  for (const [name, { chainId, account, signer }] of Object.entries(described)) {
    const known = Object.hasOwn(builtInNetworks, name) ? builtInNetworks[name] : undefined
    if (name === localNetwork) refuse([name], 'is the name of the local network, which needs no description')
    if (known !== undefined && chainId !== undefined && chainId !== known.chainId)
      refuse([name, 'chainId'], `must be ${known.chainId}, which this name stands for; call another chain otherwise`)
    if (account !== undefined && signer !== undefined) refuse([name], 'must have an account or a signer, not both')
  }
})

/** What the user's own file, for all workspaces, may set. */
export const userConfigSchema = z.strictObject({
  /** Folder of the base model, relative to the file that says so, or a model of the Hugging Face Hub. */
  base: z.string().min(1).optional(),
  /** Name of the network that commands talk to; `devnet` unless given. */
  network: z.string().min(1).optional(),
  networks: networks.optional(),
  /** SPDX identifier that new records get unless they name their own. */
  licence: z.string().min(1).optional(),
})

/** `openledger.config.*` of a workspace. Unknown fields are refused, so that a misspelt one is not silently ignored. */
export const configSchema = userConfigSchema.extend({
  workspaceVersion: z.literal(1),
  /** Name of the Datanet, as it is registered on chain. */
  name: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9-]{0,62}$/,
      'must be 1 to 63 lower-case letters, digits or dashes, not starting with a dash',
    ),
  /** The template that `init` copied. */
  template: z.string().min(1).optional(),
})

/** A network as one file describes it; another file may say the rest. */
export type NetworkDescription = z.infer<typeof networkSchema>
export type SignerDescription = z.infer<typeof signerSchema>
export type WorkspaceConfig = z.infer<typeof configSchema>
