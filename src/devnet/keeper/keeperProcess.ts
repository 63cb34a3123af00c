// A process of its own, started by `devnet up -d`: node keeperProcess.js <options as JSON>

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

// Until the one who started it has noted that it runs, it ends with that one.
process.on('disconnect', () => {
  if (!released) end()
})
process.on('message', (message) => {
  if (message !== 'release') return
  released = true
  process.disconnect()
})
// It has no terminal; a closing one is not its business.
process.on('SIGHUP', () => undefined)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    log.write(`Ending: ${signal}`)
    end()
  })
}
process.on('uncaughtException', (error) => {
  log.write(`Failed unforeseen: ${error.stack ?? error.message}`)
  process.exit(1)
})

function end(): void {
  // While it still starts, its end takes the nodes along.
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
