// The process that `devnet up -d` starts: node keeperProcess.js <options as JSON>

import { reasonOf } from '../../files/reasonOf.js'
import { stayAlive } from '../../files/stayAlive.js'
import { DevnetLog } from '../node/DevnetLog.js'
import { carriedError } from './carriedError.js'
import { Keeper, type KeeperOptions } from './Keeper.js'

const { logPath, ...options } = JSON.parse(process.argv[2] ?? '') as Omit<KeeperOptions, 'log'> & {
  logPath: string
}
const log = new DevnetLog(logPath)
let keeper: Keeper | undefined
let released = false

const tell = (message: unknown): Promise<void> =>
  new Promise((resolve) => (process.connected ? process.send?.(message, () => resolve()) : resolve()))

// Until its parent knows that the devnet runs, this process ends together with it.
process.on('disconnect', () => {
  if (!released) end()
})
process.on('message', (message) => {
  if (message !== 'release') return
  released = true
  process.disconnect()
})
// SIGHUP is ignored, because a detached devnet outlives the terminal.
process.on('SIGHUP', () => undefined)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    log.write(`Ending: ${signal}`)
    end()
  })
}
process.on('uncaughtException', (error) => {
  log.write(`Failed unexpectedly: ${error.stack ?? error.message}`)
  process.exit(1)
})

function end(): void {
  // Before the start is complete, the leashes end the nodes together with this process.
  if (keeper === undefined) process.exit(1)
  keeper.stop().catch((error) => log.write(reasonOf(error)))
}

try {
  keeper = await Keeper.start({ ...options, log })
  const { ended } = keeper
  await stayAlive(async () => {
    await tell({ started: true })
    await ended
  })
  if (process.connected) process.disconnect()
} catch (error) {
  log.write(reasonOf(error))
  await tell({ error: carriedError(error) })
  process.exit(1)
}
