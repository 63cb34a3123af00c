/** How the user fixes the cause of a contract's custom error. */
export interface Remedy {
  /**
   * OL1604 (exit code 4): the sender may not make this call. OL1605 (6): the data does not agree with the chain's.
   * OL1636 (0): there is nothing left to do. OL1637 (7): the call comes too early. OL1603: any other refusal.
   */
  readonly code: 'OL1603' | 'OL1604' | 'OL1605' | 'OL1636' | 'OL1637'
  /** An imperative; `{name}` is the error's argument of that name. */
  readonly hint: string
}

/** Refused for a reason that has no code of its own. */
export const refused = (hint: string): Remedy => ({ code: 'OL1603', hint })

/** Not permitted: the contract serves other senders only. */
export const notPermitted = (hint: string): Remedy => ({ code: 'OL1604', hint })

/** Mismatch: the contract rejects the data. */
export const mismatch = (hint: string): Remedy => ({ code: 'OL1605', hint })

/** Nothing left: an earlier call has done all of it, or nothing is due. */
export const nothingLeft = (hint: string): Remedy => ({ code: 'OL1636', hint })

/** Too early: the contract accepts the same call later. */
export const tooEarly = (hint: string): Remedy => ({ code: 'OL1637', hint })

/** Too early by the chain's clock; `argument` names the error's argument that says until when. */
export const tooEarlyUntil = (argument: string): Remedy =>
  tooEarly(`Wait until {${argument}} (Unix time); on the devnet, \`openledger devnet warp\` moves the clock.`)

/** A constructor refused its arguments. */
export const wrongDeployment = refused('Deploy the contracts again with the right constructor arguments.')

/** No call of ours can cause it. */
export const impossible = refused('This should never happen: report it with the transaction.')
