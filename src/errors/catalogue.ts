import { attributionErrors, attributionRange } from './codes/attribution.js'
import { chainErrors, chainRange } from './codes/chain.js'
import { cliErrors, cliRange } from './codes/cli.js'
import { datanetErrors, datanetRange } from './codes/datanet.js'
import { devnetErrors, devnetRange } from './codes/devnet.js'
import { filesErrors, filesRange } from './codes/files.js'
import { governanceErrors, governanceRange } from './codes/governance.js'
import { loraErrors, loraRange } from './codes/lora.js'
import { modelsErrors, modelsRange } from './codes/models.js'
import { onnxErrors, onnxRange } from './codes/onnx.js'
import { recordsErrors, recordsRange } from './codes/records.js'
import { rewardsErrors, rewardsRange } from './codes/rewards.js'
import { walletErrors, walletRange } from './codes/wallet.js'
import type { ErrorRange, ErrorTable } from './ErrorDescriptor.js'

/** Every numbered error of the project. The reference page of the docs is made from this table and {@link errorTables}. */
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

/** The same errors table by table, each with the range that its codes are taken from; no two ranges overlap. */
export const errorTables: readonly (ErrorRange & { readonly errors: ErrorTable })[] = [
  { ...cliRange, errors: cliErrors },
  { ...datanetRange, errors: datanetErrors },
  { ...onnxRange, errors: onnxErrors },
  { ...modelsRange, errors: modelsErrors },
  { ...recordsRange, errors: recordsErrors },
  { ...loraRange, errors: loraErrors },
  { ...attributionRange, errors: attributionErrors },
  { ...chainRange, errors: chainErrors },
  { ...governanceRange, errors: governanceErrors },
  { ...walletRange, errors: walletErrors },
  { ...devnetRange, errors: devnetErrors },
  { ...rewardsRange, errors: rewardsErrors },
  { ...filesRange, errors: filesErrors },
]

export type ErrorCode = keyof typeof catalogue
