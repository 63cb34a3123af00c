import type { Hex } from 'viem'
import { z } from 'zod'
import { priceInference } from '../../chain/actions/inference/priceInference.js'
import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { hash32 } from '../../files/hexSchemas.js'
import { readJsonLines } from '../../files/readJsonLines.js'
import { parseFields, uint32, wei } from '../../rewards/fields.js'
import type { VoucherFile } from '../../rewards/voucherFile.js'
import type { Connection } from '../network/openConnection.js'

const servedSchema = z.union(
  [
    z.object({ inferenceId: hash32, feeWei: wei }),
    z.object({ inferenceId: hash32, inputTokens: uint32, outputTokens: uint32 }),
  ],
  { error: 'needs inferenceId (lower-case), and either feeWei or inputTokens and outputTokens' },
)

/**
 * Reads what a provider says it has answered: JSON Lines of `inferenceId`, and `feeWei`, or the tokens, which are priced as
 * the chain has it. Further fields are passed over.
 *
 * @throws OL1800 for a line that says neither; OL1900, OL1904 when it cannot be read; OL1847 when it is empty
 * @throws OL1603 for an unknown model
 */
export async function readServed(
  connection: Connection,
  modelId: Hex,
  path: string,
): Promise<VoucherFile['inferences']> {
  const lines = await readJsonLines(path)
  if (lines.length === 0) throw new OpenLedgerError('OL1847', { path })
  const inferences: VoucherFile['inferences'][number][] = []
  for (const { line, value } of lines) {
    const served = parseFields(servedSchema, value, `${path}:${line}`)
    const { inferenceId } = served
    const feeWei =
      'feeWei' in served
        ? served.feeWei
        : String(await priceInference(connection.client, { modelId, ...tokensOf(served) }))
    inferences.push({ inferenceId, feeWei })
  }
  return inferences
}

const tokensOf = ({ inputTokens, outputTokens }: { readonly inputTokens: number; readonly outputTokens: number }) => ({
  inputTokens,
  outputTokens,
})
