import { restoreSnapshot } from '../../devnet/keeper/snapshots.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { describeSaved, savedData } from './describeSaved.js'

/** `openledger devnet snapshot restore`: both layers as they were. */
export async function run(context: CommandContext, { name }: { readonly name: string }): Promise<void> {
  const { output, config, cwd } = context
  await context.confirm(`Put both layers back to the snapshot ${name}? What happened on them since is lost`)
  const saved = await output.step('Restore both layers', () => restoreSnapshot(config.workspace?.root ?? cwd, name))
  output.result(
    { name, ...savedData(saved) },
    () => `Both layers are as in the snapshot ${name}: ${describeSaved(saved)}`,
  )
}
