// Runs the forge that npm installed on contracts/, offline: node scripts/forge.js test -vvv
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** Path of the forge binary in the package for this platform. */
function forgeBinary() {
  const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`
  const name = `@foundry-rs/forge-${platform}`
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`)
    return join(dirname(manifest), 'bin', process.platform === 'win32' ? 'forge.exe' : 'forge')
  } catch {
    throw new Error(`forge for ${platform} is not installed: ${name} is missing. Run npm ci without --omit=optional.`)
  }
}

const { status, signal, error } = spawnSync(forgeBinary(), process.argv.slice(2), {
  cwd: root,
  env: { ...process.env, FOUNDRY_CONFIG: join(root, 'contracts', 'foundry.toml') },
  stdio: 'inherit',
})
if (error) throw error
process.exitCode = signal ? 128 + constants.signals[signal] : (status ?? 1)
