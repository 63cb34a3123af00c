import { attributionErrors } from './codes/attribution.js'
import { chainErrors } from './codes/chain.js'
import { cliErrors } from './codes/cli.js'
import { datanetErrors } from './codes/datanet.js'
import { devnetErrors } from './codes/devnet.js'
import { filesErrors } from './codes/files.js'
import { governanceErrors } from './codes/governance.js'
import { loraErrors } from './codes/lora.js'
import { modelsErrors } from './codes/models.js'
import { onnxErrors } from './codes/onnx.js'
import { recordsErrors } from './codes/records.js'
import { rewardsErrors } from './codes/rewards.js'
import { walletErrors } from './codes/wallet.js'

/** Every numbered error of the project. The reference page of the docs is made from this table. */
export const catalogue = {
  ...cliErrors,
  ...datanetErrors,
  ...onnxErrors,
  ...modelsErrors,
  ...recordsErrors,
  ...loraErrors,
  ...attributionErrors,
  ...chainErrors,
  ...governanceErrors,
  ...walletErrors,
  ...devnetErrors,
  ...rewardsErrors,
  ...filesErrors,
} as const

export type ErrorCode = keyof typeof catalogue
