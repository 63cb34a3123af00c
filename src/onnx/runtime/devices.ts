import { fork } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { listSupportedBackends } from 'onnxruntime-node'
import { z } from 'zod'
import { type Device, type RunDevice, runDevices } from '../graph/RunDevice.js'

/** Result of trying a device on this machine. */
export type DeviceTrial =
  | { readonly device: RunDevice; readonly runs: true; readonly gigaflops: number }
  | { readonly device: RunDevice; readonly runs: false; readonly reason: string }

const trialSchema = z.discriminatedUnion('runs', [
  z.object({ runs: z.literal(true), gigaflops: z.number() }),
  z.object({ runs: z.literal(false), reason: z.string() }),
])

/** The devices that this build of ONNX Runtime supports; {@link tryDevice} tells whether one runs on this machine. */
export function knownDevices(): RunDevice[] {
  const known = new Set(listSupportedBackends().map(({ name }) => name))
  return runDevices.filter((device) => known.has(device))
}

/**
 * Runs a matrix product of a training step's size on a device, in a child process: a driver that prints, hangs or aborts
 * cannot harm this one.
 */
export function tryDevice(device: RunDevice): Promise<DeviceTrial> {
  // The module has the same name in src/ and in dist/.
  const module = fileURLToPath(new URL(`./deviceTrial${extname(import.meta.url)}`, import.meta.url))
  return new Promise((done) => {
    const child = fork(module, [device], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], timeout: 60_000 })
    let found: DeviceTrial | undefined
    child.on('message', (message) => {
      const parsed = trialSchema.safeParse(message)
      if (parsed.success) found = { device, ...parsed.data }
    })
    const fail = (reason: string): void => done(found ?? { device, runs: false, reason })
    child.on('error', ({ message }) => fail(message))
    child.on('close', (code, signal) => fail(`its trial ended with ${signal ?? `code ${code}`}`))
  })
}

let fastest: Promise<RunDevice> | undefined

/** Resolves `auto` to the fastest device of this machine; every device is tried once per process. */
export function resolveDevice(device: Device): Promise<RunDevice> {
  if (device !== 'auto') return Promise.resolve(device)
  fastest ??= (async () => {
    const trials: DeviceTrial[] = []
    // Trials run one after another, because concurrent trials would slow each other down.
    for (const each of knownDevices()) trials.push(await tryDevice(each))
    const speed = (trial: DeviceTrial): number => (trial.runs ? trial.gigaflops : 0)
    return trials.reduce((best, trial) => (speed(trial) > speed(best) ? trial : best)).device
  })()
  return fastest
}
