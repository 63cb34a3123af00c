import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/**
 * The anvil executable that npm installed for this platform. It is used without the wrapper script of `@foundry-rs/anvil`,
 * which would keep one more Node process alive for every chain. A killed wrapper also leaves its anvil running.
 *
 * @throws OL1700 when there is no executable for this platform
 */
export function anvilBinary(): string {
  const platform = `${process.platform}-${architectures[process.arch] ?? process.arch}`
  try {
    // The platform's package is a dependency of the wrapper, not of ours, and strict installers hide it from this file.
    const wrapper = createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json')
    const binary = createRequire(wrapper).resolve(`@foundry-rs/anvil-${platform}/bin/anvil`)
    if (existsSync(binary)) return binary
    throw new OpenLedgerError('OL1700', { platform })
  } catch (cause) {
    throw new OpenLedgerError('OL1700', { platform }, { cause })
  }
}

/**
 * The version of anvil that npm installed, as anvil itself reports it.
 *
 * @throws OL1700 when anvil is not installed
 */
export function anvilVersion(): string {
  try {
    const { version } = createRequire(import.meta.url)('@foundry-rs/anvil/package.json') as { version: string }
    return version
  } catch (cause) {
    throw new OpenLedgerError('OL1700', { platform: `${process.platform}-${process.arch}` }, { cause })
  }
}
