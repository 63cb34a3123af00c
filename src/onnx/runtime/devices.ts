import { fork } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { listSupportedBackends } from 'onnxruntime-node'
import { z } from 'zod'
import { type Device, type RunDevice, runDevices } from '../graph/RunDevice.js'

/** What a trial of a device on this machine found. */
export type DeviceTrial =
  | { readonly device: RunDevice; readonly runs: true; readonly gigaflops: number }
  | { readonly device: RunDevice; readonly runs: false; readonly reason: string }

const trialSchema = z.discriminatedUnion('runs', [
  z.object({ runs: z.literal(true), gigaflops: z.number() }),
  z.object({ runs: z.literal(false), reason: z.string() }),
])

/** The devices that this build of ONNX Runtime knows; whether they run is another matter. */
export function knownDevices(): RunDevice[] {
  const known = new Set(listSupportedBackends().map(({ name }) => name))
  return runDevices.filter((device) => known.has(device))
}

/**
 * Runs a matrix product of a training step's size on a device, in a process of its own: a driver that prints, hangs or
 * aborts harms nothing here.
 */
export function tryDevice(device: RunDevice): Promise<DeviceTrial> {
  // The sources and the compiled program have it under the same name.
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

/** The device that a choice means here; `auto` tries every device once in the life of the process. */
export function resolveDevice(device: Device): Promise<RunDevice> {
  if (device !== 'auto') return Promise.resolve(device)
  fastest ??= (async () => {
    const trials: DeviceTrial[] = []
    // One after another: two trials at once would slow each other down.
    for (const each of knownDevices()) trials.push(await tryDevice(each))
    const speed = (trial: DeviceTrial): number => (trial.runs ? trial.gigaflops : 0)
    return trials.reduce((best, trial) => (speed(trial) > speed(best) ? trial : best)).device
  })()
  return fastest
}
