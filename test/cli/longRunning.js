// The program around a command that does not end by itself: what a signal does to it can only be seen from outside.
import { spawn } from 'node:child_process'
import { declareCommand } from '../../dist/cli/declareCommand.js'
import { choice } from '../../dist/cli/options.js'
import { main } from '../../dist/cli.js'

const command = declareCommand(
  {
    noun: 'wait',
    summary: 'Start a process and wait',
    arguments: {
      how: choice(['listening', 'deaf', 'crashing', 'chatting'], { required: true, help: 'To the signal' }),
    },
    options: {},
    examples: [],
    config: false,
  },
  async () => ({
    async run({ output, signal, onExit }, { how }) {
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
      onExit(() => child.kill('SIGKILL'))
      process.stderr.write(`child ${child.pid}\n`)
      if (how === 'crashing') setTimeout(() => Promise.reject(new Error('from nowhere')), 1)
      if (how === 'chatting') output.result('x'.repeat(1 << 20), (text) => text)
      await new Promise((_, reject) => {
        setInterval(() => undefined, 1000)
        if (how !== 'deaf') signal.addEventListener('abort', () => reject(signal.reason))
      })
    },
  }),
)
const { stdin, stdout, stderr, env, argv } = process
const surroundings = { stdin, stdout, stderr, environment: env, cwd: process.cwd() }
process.exit(await main({ argv: argv.slice(2), surroundings, host: process, commands: [command] }))
