import { hasSnapshot, saveSnapshot } from '../../devnet/keeper/snapshots.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { describeSaved, savedData } from './describeSaved.js'

/** `openledger devnet snapshot save`: both layers as they are now, under a name. */
export async function run(context: CommandContext, { name }: { readonly name: string }): Promise<void> {
  const { output, config, cwd } = context
  const workspace = config.workspace?.root ?? cwd
  if (await hasSnapshot(workspace, name)) await context.confirm(`Replace the snapshot ${name}?`)
  const saved = await saveSnapshot(workspace, name)
  output.result({ name, ...savedData(saved) }, () => `Snapshot ${name}: ${describeSaved(saved)}`)
}
