import { z } from 'zod'

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'must be an address: 0x and 40 hexadecimal digits')
  .transform((text) => text as `0x${string}`)

const networkSchema = z.strictObject({
  chainId: z.int().positive(),
  rpcUrl: z.url({ protocol: /^(https?|wss?)$/, error: 'must be an http, https, ws or wss URL' }),
  /** Contract name, for example `DatanetRegistry`, to its address. */
  addresses: z.record(z.string(), address),
})

/** What the user's own file, for all workspaces, may set. */
export const userConfigSchema = z.strictObject({
  /** Folder of the base model, relative to the file that says so, or a model of the Hugging Face Hub. */
  base: z.string().min(1).optional(),
  /** Name of the network that commands talk to; `devnet` unless given. */
  network: z.string().min(1).optional(),
  networks: z.record(z.string().min(1), networkSchema).optional(),
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

export type NetworkConfig = z.infer<typeof networkSchema>
export type WorkspaceConfig = z.infer<typeof configSchema>
