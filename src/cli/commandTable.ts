import type { Command } from './declareCommand.js'
import { attributeCommands } from './table/attributeCommands.js'
import { bridgeCommands } from './table/bridgeCommands.js'
import { datanetCommands } from './table/datanetCommands.js'
import { datanetRoleCommands } from './table/datanetRoleCommands.js'
import { datanetShareCommands } from './table/datanetShareCommands.js'
import { devnetCommands } from './table/devnetCommands.js'
import { govCommands } from './table/govCommands.js'
import { inferenceCommands } from './table/inferenceCommands.js'
import { modelCommands } from './table/modelCommands.js'
import { rewardsCommands } from './table/rewardsCommands.js'
import { stakeCommands } from './table/stakeCommands.js'
import { startCommands } from './table/startCommands.js'
import { trainCommands } from './table/trainCommands.js'
import { walletCommands } from './table/walletCommands.js'

/**
 * Every command, in the order of the help. A row is only data, so that `openledger --help` does not load the code of the
 * commands. The verb may be two words: `snapshot save`.
 */
export const commandTable: readonly Command[] = [
  ...startCommands,
  ...devnetCommands,
  ...bridgeCommands,
  ...datanetCommands,
  ...datanetRoleCommands,
  ...datanetShareCommands,
  ...trainCommands,
  ...modelCommands,
  ...attributeCommands,
  ...inferenceCommands,
  ...rewardsCommands,
  ...stakeCommands,
  ...govCommands,
  ...walletCommands,
]
