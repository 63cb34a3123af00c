import { relative } from 'node:path'
import { addContribution, readContribution } from '../../datanet/intake/addContribution.js'
import type { DatanetStore } from '../../datanet/store/DatanetStore.js'
import { withDatanet } from '../../datanet/store/withDatanet.js'
import { type FieldMapInput, parseFieldMap } from '../../records/FieldMap.js'
import { intakeFields } from '../../records/parseRecord.js'
import { shortHex } from '../../terminal/formats.js'
import { type Admission, requireAdmission } from '../../workflows/inference/requireAdmission.js'
import { contributorAccount } from '../../workflows/network/accounts.js'
import type { CommandContext } from '../shared/CommandContext.js'

interface Input extends FieldMapInput {
  readonly file: string
  readonly contributor: string | undefined
  readonly offline: boolean
}

/** `openledger datanet add`: signed lines as they are, or lines signed here by a keystore, a signer, or a devnet account. */
export async function run(context: CommandContext, { file, contributor, offline, ...columns }: Input): Promise<void> {
  const { output, cwd, config } = context
  const { root } = context.workspace()
  await withDatanet(root, async (store) => {
    const contribution = await readContribution(file, parseFieldMap(columns, intakeFields))
    const account =
      contributor === undefined ? undefined : await contributorAccount({ ...config, account: contributor })
    const title = `Check and add ${contribution.lines.length} records of ${relative(cwd, file)}`
    let admission: Admission | undefined
    const admit = async (contributors: readonly `0x${string}`[]): Promise<void> => {
      admission = await requireAdmission({ ...config, workspace: root }, store, contributors)
    }
    const report = await output.step(title, () =>
      addContribution(store, contribution, { account, signal: context.signal, ...(!offline && { admit }) }),
    )
    if (account !== undefined && contributor !== undefined) introduce(store, account.address, contributor)
    for (const chainId of admission?.passedOver ?? [])
      output.warn(
        `The Datanet is published on chain ${chainId} too, whose list of contributors was not asked (--network)`,
      )
    output.result({ ...report, askedOn: admission?.asked === true ? config.network : null }, (data, { paint }) =>
      [
        `${data.added.length} added, ${data.duplicates.length} duplicates, ${data.nearDuplicates.length} near-duplicates`,
        ...data.nearDuplicates.map(
          ({ line, recordId, nearDuplicateOf, similarity }) =>
            `${paint.yellow('!')} line ${line}: ${shortHex(recordId)} is ${(100 * similarity).toFixed(0)} % like ${shortHex(nearDuplicateOf)}`,
        ),
        `Next: ${context.shell.line(data.added.length > 0 ? 'datanet review --approve all' : 'datanet status')}`,
      ].join('\n'),
    )
  })
}

/** Gives a contributor a name, unless somebody has done so. */
function introduce(store: DatanetStore, address: `0x${string}`, name: string): void {
  const known = store.contributors().find((each) => each.address === address)
  if (known !== undefined && known.name === null) store.introduce({ ...known, name })
}
