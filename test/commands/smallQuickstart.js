// The quickstart as the command line runs it, on a template and with settings that take seconds:
//   node smallQuickstart.js <folder of templates> [words]
import { declareCommand } from '../../dist/cli/declareCommand.js'
import { flag, path, text } from '../../dist/cli/options.js'
import { main } from '../../dist/cli.js'

const [templates, ...argv] = process.argv.slice(2)
const command = declareCommand(
  {
    noun: 'quickstart',
    summary: 'The quickstart, smaller',
    arguments: { directory: path({ help: 'Folder' }) },
    options: { template: text({ help: 'Template', default: 'small' }), keepDevnet: flag({ help: 'Keep' }) },
    examples: [],
    config: false,
  },
  async () => {
    const { run } = await import('../../dist/commands/quickstart.js')
    const settings = { maxSteps: 12, learningRate: 0.01 }
    return { run: (context, input) => run(context, input, { templates, settings }) }
  },
)
const { stdin, stdout, stderr, env, cwd } = process
const surroundings = { stdin, stdout, stderr, environment: env, cwd: cwd() }
process.exitCode = await main({ argv: ['quickstart', ...argv], surroundings, host: process, commands: [command] })
