import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { DatanetStore } from './DatanetStore.js'
import { openDatanet } from './openDatanet.js'

/**
 * Opens the Datanet of a workspace for one action and closes it when the action has ended, also by an error.
 *
 * @throws as {@link openDatanet}, and what the action throws
 * @example
 * console.log(withDatanet('.', (store) => datanetStatus(store)))
 */
export function withDatanet<Result>(workspace: string, action: (store: DatanetStore) => Result): Result {
  const store = openDatanet(workspace)
  let result: Result
  try {
    result = action(store)
  } catch (error) {
    store.close()
    throw error
  }
  if (result instanceof Promise) return result.finally(() => store.close()) as Result
  store.close()
  return result
}

/** The same where the workspace may have no Datanet: then the action does not run, and the result is undefined. */
export function withDatanetIfAny<Result>(
  workspace: string,
  action: (store: DatanetStore) => Result,
): Result | undefined {
  try {
    return withDatanet(workspace, action)
  } catch (error) {
    if (OpenLedgerError.is(error) && error.code === 'OL1120') return undefined
    throw error
  }
}
