import { tryInt8 } from '../onnx/int8Trial.js'
import type { Output } from '../terminal/createOutput.js'

/** Below this a step, which rounds and rescales besides, is no faster as a whole. */
const worthwhileSpeedup = 1.2

/** Says what int8 products gain here: a processor without VNNI or AMX may gain nothing. */
export async function warnOfSlowInt8(output: Output): Promise<void> {
  const { speedup } = await tryInt8()
  const times = `${speedup.toFixed(1)} times the speed of float32`
  if (speedup < worthwhileSpeedup) output.warn(`int8 products run at ${times} here: --compute float32 serves better`)
  else output.note(`int8 products run at ${times} here`)
}
