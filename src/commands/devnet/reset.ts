import { resetDevnet } from '../../devnet/keeper/snapshots.js'
import type { CommandContext } from '../shared/CommandContext.js'

/** `openledger devnet reset`: fresh chains, in a running devnet at once. */
export async function run(context: CommandContext): Promise<void> {
  const { output, config, cwd } = context
  await context.confirm('Begin anew with fresh chains? What is on both layers is lost; snapshots stay')
  const running = await output.step('Reset the devnet', () => resetDevnet(config.workspace?.root ?? cwd))
  output.result({ running }, (data) =>
    data.running ? 'Both layers are fresh, at the same URLs.' : 'The next `devnet up` begins with fresh chains.',
  )
}
