import { fork } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname, extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { workspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { carriedErrorSchema, errorFrom } from './carriedError.js'
import type { KeeperOptions } from './Keeper.js'

const messageSchema = z.union([
  z.strictObject({ started: z.literal(true) }),
  z.strictObject({ error: carriedErrorSchema }),
])

/**
 * Starts a keeper in a process of its own, which outlives this one, and waits until the devnet runs. If this process is
 * killed before that, the keeper ends too.
 *
 * @throws the error of `Keeper.start` in the other process
 * @throws OL1757 when the process cannot be started or ends without an answer
 */
export async function startDetached(options: Omit<KeeperOptions, 'log'>): Promise<void> {
  // The extension is .ts in the sources and .js in the compiled program.
  const module = fileURLToPath(new URL(`./keeperProcess${extname(import.meta.url)}`, import.meta.url))
  const log = devnetLogOf(options.workspace)
  const output = openLog(log)
  const child = fork(module, [JSON.stringify({ ...options, logPath: log })], {
    detached: true,
    // The log also gets messages of Node itself.
    stdio: ['ignore', output, output, 'ipc'],
  })
  closeSync(output)
  const failed = (reason: string): OpenLedgerError => new OpenLedgerError('OL1757', { reason, log })
  await new Promise<void>((resolve, reject) => {
    child.once('error', ({ message }) => reject(failed(message)))
    child.once('exit', (code, signal) => reject(failed(`it ended with ${signal ?? `code ${code}`}`)))
    child.once('message', (message) => {
      const parsed = messageSchema.safeParse(message)
      if (!parsed.success) reject(failed('its answer was not understood'))
      else if ('started' in parsed.data) resolve()
      else reject(errorFrom(parsed.data.error) ?? failed(parsed.data.error.message))
    })
  })
  await new Promise<void>((resolve) => {
    child.once('disconnect', resolve)
    child.send('release')
  })
  child.removeAllListeners()
  child.unref()
}

/** `.openledger/logs/devnet.log`. */
export const devnetLogOf = (workspace: string): string => `${workspacePaths(workspace).logs}/devnet.log`

function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true })
  return openSync(path, 'a')
}
