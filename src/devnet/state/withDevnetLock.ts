import { join } from 'node:path'
import { workspacePaths } from '../../config/workspacePaths.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { takeLock } from '../../files/takeLock.js'

/**
 * Runs `action` while no other process starts or stops the devnet of the same workspace. The lock of an owner that has died
 * is taken over.
 *
 * @throws OL1708 when another process holds the lock for longer than `patience` seconds
 * @throws OL1901 when the workspace cannot be written
 */
export async function withDevnetLock<Result>(
  workspace: string,
  action: () => Promise<Result>,
  patience = 30,
): Promise<Result> {
  const release = await takeLock(join(workspacePaths(workspace).state, 'devnet.lock'), {
    patience,
    held: (pid) => new OpenLedgerError('OL1708', { pid, workspace, seconds: patience }),
  })
  try {
    return await action()
  } finally {
    await release()
  }
}
