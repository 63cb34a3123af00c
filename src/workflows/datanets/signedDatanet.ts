import type { DatanetInfo } from '../../datanet/store/DatanetStore.js'
import { readDescriptor } from '../../datanet/store/descriptor.js'
import { withDatanet } from '../../datanet/store/withDatanet.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'

export interface SignedDatanetParameters {
  /** Path of a descriptor. */
  readonly descriptor: string | undefined
  readonly identity: `0x${string}` | undefined
  /** For records that name none; by default, the Datanet's. */
  readonly licence: string | undefined
  /** The workspace that the command runs in, if it is one. */
  readonly workspace: string | undefined
}

/** The Datanet that a contributor signs for. */
export interface SignedDatanet extends Pick<DatanetInfo, 'identity' | 'licence'> {
  /** Null where only the identity is known. */
  readonly name: string | null
}

/**
 * Finds the Datanet that records are to be signed for: that of a descriptor, else the one of an identity, else the
 * workspace's own.
 *
 * @throws OL1126 when the descriptor is wrong, or of another identity than the one that was given
 * @throws OL1127 when nothing says which Datanet it is, or under which licence
 */
export async function signedDatanet({
  descriptor,
  identity,
  licence,
  workspace,
}: SignedDatanetParameters): Promise<SignedDatanet> {
  if (descriptor !== undefined) {
    const described = await readDescriptor(descriptor)
    if (identity !== undefined && identity !== described.identity) {
      const reason = `it is of the Datanet ${described.identity}, not of ${identity}`
      throw new OpenLedgerError('OL1126', { path: descriptor, reason })
    }
    return { identity: described.identity, name: described.name, licence: licence ?? described.licence }
  }
  if (identity !== undefined) {
    if (licence === undefined) throw new OpenLedgerError('OL1127', {})
    return { identity, name: null, licence }
  }
  if (workspace === undefined) throw new OpenLedgerError('OL1127', {})
  return withDatanet(workspace, (store) => {
    const { info } = store
    return { identity: info.identity, name: info.name, licence: licence ?? info.licence }
  })
}
