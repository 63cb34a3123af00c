import { devnetEnvironment } from '../../devnet/keeper/devnetEnvironment.js'
import { requireDevnet } from '../../devnet/keeper/devnetStatus.js'
import type { CommandContext } from '../shared/CommandContext.js'

/** Values are URLs, numbers and addresses: no shell sees anything in them. */
const lines = {
  posix: (name: string, value: string) => `export ${name}='${value}'`,
  fish: (name: string, value: string) => `set -gx ${name} '${value}'`,
  powershell: (name: string, value: string) => `$env:${name} = '${value}'`,
}

/** `openledger devnet env`: lines for a shell to run. */
export async function run(
  { output, config, cwd }: CommandContext,
  { shell }: { readonly shell: keyof typeof lines },
): Promise<void> {
  const variables = devnetEnvironment(await requireDevnet(config.workspace?.root ?? cwd))
  output.result(variables, (data) =>
    Object.entries(data)
      .map(([name, value]) => lines[shell](name, value))
      .join('\n'),
  )
}
