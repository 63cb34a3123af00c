import { basename, parse, relative } from 'node:path'
import { readContribution } from '../../datanet/intake/addContribution.js'
import { recordTypedData } from '../../datanet/intake/recordSignature.js'
import { claimRecords, signContribution, signedLines } from '../../datanet/intake/signContribution.js'
import { writeFileAtomic } from '../../files/writeFileAtomic.js'
import { type FieldMapInput, parseFieldMap } from '../../records/FieldMap.js'
import { intakeFields } from '../../records/parseRecord.js'
import { recordTexts } from '../../records/recordTexts.js'
import { formatCount, shortHex } from '../../terminal/formats.js'
import type { Style } from '../../terminal/Style.js'
import { signedDatanet } from '../../workflows/datanets/signedDatanet.js'
import { contributorAccount } from '../../workflows/network/accounts.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { mayOverwrite } from '../shared/mayOverwrite.js'

interface Input extends FieldMapInput {
  readonly file: string
  readonly datanet: string | undefined
  readonly identity: `0x${string}` | undefined
  readonly licence: string | undefined
  readonly out: string | undefined
}

/** Records that are shown before they are signed. */
const shown = 5

/** `openledger datanet sign`: a contributor signs records on a machine of their own, without the Datanet's store. */
export async function run(context: CommandContext, input: Input): Promise<void> {
  const { output, config, cwd, flags, signal } = context
  const { file, datanet: descriptor, identity, licence, out: given, ...columns } = input
  const { dir, name: stem } = parse(file)
  const out = given ?? `${dir}/${stem}.signed.jsonl`
  const datanet = await signedDatanet({ descriptor, identity, licence, workspace: config.workspace?.root })
  const account = await contributorAccount(config)
  const contribution = await readContribution(file, parseFieldMap(columns, intakeFields))
  const records = claimRecords(contribution, datanet, account.address)

  const { domain, types, primaryType } = recordTypedData({ ...datanet, datanet: datanet.identity, recordId: '0x' })
  const about = { file, datanet, contributor: account.address, typedData: { domain, types, primaryType } }
  const statements = records.map(({ line, id: recordId, licence: under, signature }) => ({
    line,
    ...{ datanet: datanet.identity, recordId, licence: under },
    signature: signature ?? null,
  }))
  const describe = ({ table }: Style): string => {
    const licences = [...new Set(records.map((record) => record.licence))].join(', ')
    return [
      `${account.address} signs ${formatCount(records.length, 'record')} for the Datanet ${datanet.name ?? 'of this identity'}:`,
      `  datanet  ${datanet.identity}`,
      `  licence  ${licences}`,
      `  EIP-712  ${domain.name}, version ${domain.version}; each record by itself: datanet, recordId, licence`,
      table(
        [
          { title: 'line', align: 'right' },
          { title: 'record' },
          { title: 'licence' },
          { title: 'content', shrink: true },
        ],
        records
          .slice(0, shown)
          .map(({ line, id, licence: under, content }) => [
            String(line),
            shortHex(id),
            under,
            recordTexts(content).join(' ').replaceAll('\n', ' '),
          ]),
      ),
      ...(records.length > shown ? [`  … ${records.length - shown} more`] : []),
    ].join('\n')
  }
  if (flags.dryRun) {
    output.result(
      { ...about, signed: false, out: null, statements },
      (_, style) => `${describe(style)}\nNothing was signed.`,
    )
    return
  }
  output.note(describe(output.style))
  await mayOverwrite(context, out)
  const title = `Sign ${formatCount(records.length, 'record')} of ${relative(cwd, file)}`
  const signed = await output.step(title, () => signContribution(contribution, datanet, { account, signal }))
  await writeFileAtomic(out, signedLines(signed))
  output.result(
    {
      ...about,
      signed: true,
      out,
      statements: statements.map((each, i) => ({ ...each, signature: signed[i]?.signature ?? null })),
    },
    () =>
      [
        `${formatCount(signed.length, 'signed record')} in ${relative(cwd, out)}. Send the file to the owner of the Datanet, who adds it:`,
        `  openledger datanet add ${basename(out)}`,
      ].join('\n'),
  )
}
