import { relative } from 'node:path'
import type { LossOn } from '../../models/data/segments.js'
import { evaluateFiles } from '../../models/run/evaluateFiles.js'
import type { Quantization } from '../../models/weights/precision.js'
import type { Device } from '../../onnx/graph/RunDevice.js'
import { columnList, type FieldMapInput, parseFieldMap } from '../../records/FieldMap.js'
import { trainingFields } from '../../records/trainingRecord.js'
import { type AdapterInput, adapterChoice } from '../shared/adapterChoice.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { chooseBase } from '../shared/chooseBase.js'
import { countView } from './countView.js'

interface Input extends FieldMapInput, AdapterInput {
  readonly base: string | undefined
  readonly revision: string | undefined
  readonly data: readonly string[]
  readonly lossOn: LossOn
  readonly maxLength: number | undefined
  readonly device: Device
  readonly quantize: Quantization | undefined
}

/** `openledger model eval`: loss and perplexity on files of records. */
export async function run(context: CommandContext, input: Input): Promise<void> {
  const { output, signal, cwd } = context
  const { data, lossOn, maxLength, device, quantize } = input
  const map = parseFieldMap(input, trainingFields)
  const { files, ...all } = await evaluateFiles({
    base: await chooseBase(context, input),
    data,
    lossOn,
    device,
    signal,
    onProgress: countView(output, 'Evaluate', 'records'),
    ...adapterChoice(context, input),
    ...(map && { map }),
    ...(maxLength !== undefined && { maximumLength: maxLength }),
    ...(quantize !== undefined && { quantize }),
  })
  for (const { path, truncatedTokens, records, unreadColumns } of files) {
    if (unreadColumns.length > 0)
      output.note(`Columns of ${relative(cwd, path)} that are not read: ${columnList(unreadColumns)}`)
    const silent = records.filter(({ tokens }) => tokens === 0).length
    if (truncatedTokens > 0)
      output.warn(`${truncatedTokens} tokens of ${relative(cwd, path)} are beyond the maximum length`)
    if (silent > 0) output.warn(`${silent} records of ${relative(cwd, path)} have no token to evaluate`)
  }
  const result = {
    ...all,
    records: files.flatMap(({ records }) => records),
    // One file is the whole.
    ...(files.length > 1 && { files: files.map(({ truncatedTokens: _, unreadColumns: __, ...file }) => file) }),
  }
  output.result(result, (_, { table }) =>
    table(
      [
        { title: 'file', shrink: true },
        { title: 'records', align: 'right' },
        { title: 'tokens', align: 'right' },
        { title: 'loss', align: 'right' },
        { title: 'perplexity', align: 'right' },
      ],
      [
        ...files.map(({ path, ...file }) => row(relative(cwd, path), file.records.length, file)),
        ...(files.length > 1 ? [row('all', result.records.length, all)] : []),
      ],
    ),
  )
}

const row = (
  name: string,
  records: number,
  { tokens, loss, perplexity }: { tokens: number; loss: number | null; perplexity: number | null },
): string[] => [name, String(records), String(tokens), loss?.toFixed(4) ?? '-', perplexity?.toPrecision(4) ?? '-']
