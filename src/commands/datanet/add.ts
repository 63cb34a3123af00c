import { relative } from 'node:path'
import { addContribution, readContribution } from '../../datanet/addContribution.js'
import { openDatanet } from '../../datanet/openDatanet.js'
import { devAccounts } from '../../devnet/accounts.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { shortHex } from '../../terminal/formats.js'
import type { CommandContext } from '../CommandContext.js'

interface Input {
  readonly file: string
  readonly contributor: string | undefined
}

/** `openledger datanet add`: signed lines as they are, or lines signed here by a devnet account. */
export async function run(context: CommandContext, { file, contributor }: Input): Promise<void> {
  const { output, cwd } = context
  const store = openDatanet(context.workspace().root)
  try {
    const contribution = await readContribution(file)
    const account = contributor === undefined ? undefined : accountOf(contributor)
    if (account !== undefined && contributor !== undefined)
      store.introduce({ address: account.address, name: contributor, speciality: null })
    const title = `Check and add ${contribution.lines.length} records of ${relative(cwd, file)}`
    const report = await output.step(title, () => addContribution(store, contribution, { account }))
    output.result(report, (data, { paint }) =>
      [
        `${data.added.length} added, ${data.duplicates.length} duplicates, ${data.nearDuplicates.length} near-duplicates`,
        ...data.nearDuplicates.map(
          ({ line, recordId, nearDuplicateOf, similarity }) =>
            `${paint.yellow('!')} line ${line}: ${shortHex(recordId)} is ${(100 * similarity).toFixed(0)} % like ${shortHex(nearDuplicateOf)}`,
        ),
        'Next: openledger datanet review --approve all',
      ].join('\n'),
    )
  } finally {
    store.close()
  }
}

function accountOf(name: string) {
  const accounts = devAccounts()
  if (Object.hasOwn(accounts, name)) return accounts[name as keyof typeof accounts]
  throw new OpenLedgerError('OL1816', { name, known: Object.keys(accounts).join(', ') })
}
