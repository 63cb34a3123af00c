import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))
const entry = join(root, 'dist', 'cli.js')

/** Builds dist/ when a source is newer than it: what a user runs is what is tested. Once in a test file, in `beforeAll`. */
export function build(): void {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  const built = existsSync(entry) ? statSync(entry).mtimeMs : 0
  if (sources.every((name) => statSync(join(root, 'src', name)).mtimeMs <= built)) return
  // Type errors are what `npm run types` is for; they keep nothing from being written.
  for (const words of [
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
    [join(root, 'scripts/bundleStartup.js')],
  ])
    spawnSync(process.execPath, words, { cwd: root })
  if (!existsSync(entry)) throw new Error('the build wrote no dist/cli.js')
}

export interface RunOptions {
  readonly cwd?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** Runs `openledger` as a user does and waits for its end. */
export function openledger(words: readonly string[], { cwd = root, environment = {} }: RunOptions = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'bin', 'openledger.js'), ...words], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  })
  return { status, stdout, stderr }
}
