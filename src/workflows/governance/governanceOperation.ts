import { defineOperation, type Operation, type OperationParameters } from '../network/Operation.js'
import type { Connection } from '../network/openConnection.js'
import { secondsUntil } from '../network/secondsUntil.js'

export interface GovernanceOperationParameters<Result, Facts extends object>
  extends Pick<OperationParameters<Result, Facts>, 'title' | 'facts' | 'act'> {
  /** On the devnet: Unix time in seconds that its clock is moved to first. */
  readonly warpTo?: number | undefined
}

/**
 * An operation of governance. On the devnet the maintainer, who owns the treasury's votes, plays every part by default.
 *
 * @throws OL1684 when a clock is to be moved that nobody can move
 */
export async function governanceOperation<Result, Facts extends object>(
  connection: Connection,
  { warpTo, facts, ...described }: GovernanceOperationParameters<Result, Facts>,
): Promise<Operation<Result, Facts & { readonly warpSeconds: number }>> {
  const warpSeconds = warpTo === undefined ? 0 : await secondsUntil(connection, warpTo)
  return defineOperation(connection, {
    ...described,
    role: 'maintainer',
    facts: { ...facts, warpSeconds },
    warpSeconds,
  })
}
