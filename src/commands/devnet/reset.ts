import { resetDevnet } from '../../devnet/keeper/snapshots.js'
import type { CommandContext } from '../shared/CommandContext.js'

/** `openledger devnet reset`: fresh chains, in a running devnet at once. */
export async function run(context: CommandContext): Promise<void> {
  const { output, config, cwd } = context
  await context.confirm('Start again with new chains? Both layers lose their state; snapshots stay')
  const running = await output.step('Reset the devnet', () => resetDevnet(config.workspace?.root ?? cwd))
  output.result({ running }, (data) =>
    data.running ? 'Both layers are fresh, at the same URLs.' : 'The next `devnet up` begins with fresh chains.',
  )
}
