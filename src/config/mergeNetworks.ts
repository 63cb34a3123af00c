import { OpenLedgerError } from '../errors/OpenLedgerError.js'
import { builtInNetworks } from './localNetwork.js'
import type { NetworkDescription, SignerDescription } from './schema.js'

/** A command that signs, and the folder in which it runs. */
export interface SignerConfig extends SignerDescription {
  /** Folder of the configuration file that names the command. */
  readonly folder: string
}

/** A network with everything that the configuration files state about it. */
export interface NetworkConfig extends Omit<NetworkDescription, 'chainId' | 'signer'> {
  readonly chainId: number
  readonly signer?: SignerConfig | undefined
}

type Unfinished = Omit<NetworkConfig, 'chainId'> & { readonly chainId?: number | undefined }

/** The networks that one file describes. */
export interface DescribedNetworks {
  readonly file: string
  readonly folder: string
  readonly networks: Readonly<Record<string, NetworkDescription>> | undefined
}

/**
 * Merges the descriptions of each network field by field: a workspace names the contracts, the user's own file the account.
 * A later file takes precedence; its account or signer replaces an account or signer of an earlier file.
 *
 * @throws OL1025 when no file states the chain id
 */
export function mergeNetworks(files: readonly DescribedNetworks[]): Readonly<Record<string, NetworkConfig>> {
  const merged: Record<string, Unfinished> = { ...builtInNetworks }
  const lastFile = new Map<string, string>()
  for (const { file, folder, networks } of files) {
    for (const [name, { signer, ...rest }] of Object.entries(networks ?? {})) {
      const { account, signer: earlier, ...before } = merged[name] ?? {}
      const signs = rest.account !== undefined || signer !== undefined
      merged[name] = {
        ...before,
        ...(!signs && account !== undefined && { account }),
        ...(!signs && earlier !== undefined && { signer: earlier }),
        ...rest,
        ...(signer !== undefined && { signer: { ...signer, folder } }),
        addresses: { ...before.addresses, ...rest.addresses },
      }
      lastFile.set(name, file)
    }
  }
  const complete: Record<string, NetworkConfig> = {}
  for (const [name, network] of Object.entries(merged)) {
    const { chainId } = network
    if (chainId === undefined) throw new OpenLedgerError('OL1025', { network: name, file: lastFile.get(name) ?? '' })
    complete[name] = { ...network, chainId }
  }
  return complete
}
