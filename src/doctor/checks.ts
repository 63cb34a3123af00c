import { execFile } from 'node:child_process'
import { statfs } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { formatBytes } from '../terminal/formats.js'
import type { Check } from './Check.js'

const oldestNode = 20
/** Free bytes below which the disk is nearly full. A workspace with adapter, index and chain state takes some tens of megabytes. */
const comfortableBytes = 1e9
const comfortableColumns = 80
const reinstall = 'Run `npm ci` again in the folder of openledger.'
const bundledBase = fileURLToPath(new URL('../../base-model', import.meta.url))

/** What the checks examine in addition to the installation. */
export interface DoctorSubject {
  /** The folder that the user works in. */
  readonly folder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Columns of the terminal; Infinity without a terminal. */
  readonly columns: number
}

/** The checks of a machine, in the order in which a user needs its parts. They load the native parts. */
export const checksOf = ({ folder, environment, columns }: DoctorSubject): readonly Check[] => [
  {
    name: 'Node',
    remedy: `Install Node ${oldestNode} or newer: https://nodejs.org/en/download`,
    async look() {
      const found = process.version
      return Number.parseInt(process.versions.node, 10) >= oldestNode
        ? { status: 'ok', found }
        : { status: 'fail', found, remedy: this.remedy }
    },
  },
  {
    name: 'Platform',
    remedy: 'Use Linux or macOS, on x64 or arm64; on Windows use WSL.',
    async look() {
      const found = `${process.platform} ${process.arch}`
      const known = ['linux', 'darwin'].includes(process.platform) && ['x64', 'arm64'].includes(process.arch)
      return known ? { status: 'ok', found } : { status: 'warn', found, remedy: this.remedy }
    },
  },
  {
    name: 'ONNX Runtime',
    remedy: reinstall,
    async look() {
      const { runtimeVersion } = await import('../onnx/runtime/Program.js')
      return { status: 'ok', found: runtimeVersion }
    },
  },
  {
    name: 'Devices',
    remedy: reinstall,
    async look() {
      const { knownDevices, tryDevice } = await import('../onnx/runtime/devices.js')
      const found: string[] = []
      // Two trials at the same time would slow each other down.
      for (const device of knownDevices()) {
        const trial = await tryDevice(device)
        if (device === 'cpu' && !trial.runs)
          return { status: 'fail', found: `cpu: ${trial.reason}`, remedy: this.remedy }
        found.push(
          `${device}: ${trial.runs ? `${trial.gigaflops.toFixed(trial.gigaflops < 10 ? 1 : 0)} GFLOP/s` : trial.reason}`,
        )
      }
      return { status: 'ok', found: found.join('; ') }
    },
  },
  {
    name: 'anvil',
    remedy: reinstall,
    async look() {
      const { anvilBinary } = await import('../devnet/node/anvilBinary.js')
      const { stdout } = await promisify(execFile)(anvilBinary(), ['--version'], { timeout: 10_000 })
      return { status: 'ok', found: stdout.split('\n')[0]?.replace(/^anvil Version: /, '') ?? '' }
    },
  },
  {
    name: 'SQLite',
    remedy:
      'Run `npm rebuild better-sqlite3` in the folder of openledger; without a prebuilt file it needs a C++ compiler and Python.',
    async look() {
      const { default: Database } = await import('better-sqlite3')
      const database = new Database(':memory:')
      try {
        return { status: 'ok', found: String(database.prepare('SELECT sqlite_version()').pluck().get()) }
      } finally {
        database.close()
      }
    },
  },
  {
    name: 'Base model',
    remedy: 'Restore the folder base-model of openledger: clone or install openledger again.',
    async look() {
      const { openBaseModel } = await import('../models/base/BaseModel.js')
      const { hash, path } = await openBaseModel(bundledBase)
      return { status: 'ok', found: `${path} (${hash.slice(0, 10)}…)` }
    },
  },
  {
    name: 'Configuration',
    remedy: 'Fix the configuration file that the error names.',
    async look() {
      const { loadConfig } = await import('../config/loadConfig.js')
      const { workspace, network } = await loadConfig({ folder, environment })
      const where = workspace === undefined ? 'no workspace here' : `workspace ${workspace.config.name}`
      return { status: 'ok', found: `${where}, network ${network}` }
    },
  },
  {
    name: 'Free disk',
    remedy: `Free at least ${formatBytes(comfortableBytes)}, or work in a folder on another disk.`,
    async look() {
      const { bavail, bsize } = await statfs(folder)
      const found = `${formatBytes(bavail * bsize)} in ${folder}`
      return bavail * bsize >= comfortableBytes
        ? { status: 'ok', found }
        : { status: 'warn', found, remedy: this.remedy }
    },
  },
  {
    name: 'Terminal',
    remedy: `Make the window at least ${comfortableColumns} columns wide: tables are cut to fit.`,
    async look() {
      if (columns === Number.POSITIVE_INFINITY) return { status: 'ok', found: 'none: plain output, no questions' }
      const found = `${columns} columns`
      return columns >= comfortableColumns ? { status: 'ok', found } : { status: 'warn', found, remedy: this.remedy }
    },
  },
]
