import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import type { Network } from '../../models/architectures/Network.js'
import type { Example } from '../../models/data/example.js'
import type { TrainAdapterOptions, TrainingResult } from './TrainAdapterOptions.js'
import { TrainingRun } from './TrainingRun.js'

/**
 * Fine-tunes a LoRA adapter on examples (Hu et al. 2021, https://arxiv.org/abs/2106.09685). The same examples, settings
 * and machine give the same bytes, however often the run was interrupted and resumed.
 *
 * @param held examples to evaluate before and after, and in between where the settings say so; none if empty
 * @throws OL1310 when no layer matches the target modules, OL1424 when the settings evaluate and nothing is held out
 * @throws OL1402 when the loss or the adapter is no longer finite, OL1408 when the base model's is not to begin with
 */
export async function trainAdapter(
  base: Network,
  examples: readonly Example[],
  held: readonly Example[],
  options: TrainAdapterOptions,
): Promise<TrainingResult> {
  const { evalSteps, earlyStopping } = options.settings
  if (held.length === 0 && (evalSteps ?? earlyStopping) !== undefined)
    throw new OpenLedgerError('OL1424', { setting: evalSteps === undefined ? 'early-stopping' : 'eval-steps' })
  const run = await TrainingRun.start(base, examples, held, options)
  try {
    for (;;) {
      await run.evaluateIfDue()
      if (run.isOver) break
      await run.keepIfDue()
      await run.step()
    }
    return run.result()
  } finally {
    await run.dispose()
  }
}
