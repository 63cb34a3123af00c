import type { CommandContext } from '../shared/CommandContext.js'
import { type ContributorsInput, changeContributors } from './changeContributors.js'

/** `openledger datanet contributors remove`: takes accounts off the list. */
export const run = (context: CommandContext, input: ContributorsInput): Promise<void> =>
  changeContributors(context, input, false)
