import { relative } from 'node:path'
import { shortHex } from '../../terminal/formats.js'
import { importDatanet } from '../../workflows/datanets/importDatanet.js'
import type { CommandContext } from '../shared/CommandContext.js'

interface Input {
  readonly version: string
  readonly directory: string | undefined
}

/** `openledger datanet import`: a Datanet from a version that was made elsewhere, every signature verified. */
export async function run({ output, cwd, shell, signal }: CommandContext, input: Input): Promise<void> {
  const directory = input.directory ?? cwd
  const { version, imported } = await output.step('Check the version and its signatures', () =>
    importDatanet({ source: input.version, directory, signal }),
  )
  const { identity, datanet, records } = imported
  const contributors = new Set(records.map(({ contributor }) => contributor)).size
  const { root, contentHash, recordCount } = version
  output.result(
    {
      directory,
      datanet,
      identity,
      version: version.version,
      ...{ root, contentHash, recordCount, contributors },
      signatures: records.length,
    },
    (data) =>
      [
        `Version ${data.version} of the Datanet ${data.datanet} (${shortHex(data.identity)}) is in ${relative(cwd, directory) || 'this folder'}:`,
        `${data.recordCount} records of ${data.contributors} contributors, and all ${data.signatures} signatures hold.`,
        `root  ${data.root}`,
        `Next: ${shell.line('datanet status', directory === cwd ? undefined : directory)}`,
      ].join('\n'),
  )
}
