import { listSnapshots } from '../../devnet/keeper/snapshots.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { savedData } from './describeSaved.js'

/** `openledger devnet snapshot list`. */
export async function run({ output, config, cwd }: CommandContext): Promise<void> {
  const snapshots = await listSnapshots(config.workspace?.root ?? cwd)
  const data = snapshots.map(({ name, bytes, header, problem }) => ({
    name,
    bytes,
    ...(header === undefined ? { problem } : savedData(header)),
  }))
  output.result({ snapshots: data }, (_, { table, paint }) => {
    if (snapshots.length === 0) return 'No snapshot yet.'
    const right = (title: string) => ({ title, align: 'right' as const })
    const rows = snapshots.map(({ name, bytes, header }) => [
      name,
      header === undefined ? 'cannot be used' : new Date(header.savedAt).toLocaleString('sv-SE'),
      String(header?.l1.blockNumber ?? ''),
      String(header?.l2.blockNumber ?? ''),
      `${Math.ceil(bytes / 1_000)} kB`,
    ])
    return [
      table(
        [{ title: 'snapshot', shrink: true }, { title: 'saved' }, right('L1 block'), right('L2 block'), right('size')],
        rows,
      ),
      ...snapshots.flatMap(({ problem }) => (problem === undefined ? [] : [paint.yellow(problem)])),
    ].join('\n')
  })
}
