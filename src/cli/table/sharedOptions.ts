import { quantizations } from '../../models/weights/precision.js'
import { base, choice, exactText, flag, integer, many, number, text } from '../options.js'

/** Where tensors are computed. */
export const device = choice(['cpu', 'webgpu', 'cuda', 'dml', 'coreml', 'auto'], {
  help: 'Where tensors are computed',
  default: 'cpu',
})

/** The base model that an adapter stands on. */
export const baseModel = base({
  help: 'Folder of the base model, or owner/name on the Hugging Face Hub; the bundled one unless given',
  env: 'OPENLEDGER_BASE',
})
/** Which state of a base model on the Hub. */
export const revision = text({ help: 'Branch, tag or commit of a base model of the Hub', placeholder: 'revision' })

/** Formats of data files, for help. */
export const dataFormats = 'JSON Lines, JSON, CSV, TSV or Parquet, also .gz'

/** Files of records, in their order. */
export const dataFiles = {
  help: `File of records (${dataFormats}); may be given more than once`,
} as const

/** Which columns of a data file are prompt and completion. */
export const columns = {
  map: many(
    text({
      help: 'Columns that fields of records are read from, such as prompt=question,completion=answer',
      placeholder: 'field=column,…',
    }),
  ),
  promptField: text({ help: 'Column of the prompt; short for --map prompt=…', placeholder: 'column' }),
  completionField: text({ help: 'Column of the completion; short for --map completion=…', placeholder: 'column' }),
} as const

/** An adapter on a base model that it was not trained on. */
export const force = flag({
  help: 'Use the adapter although its manifest says that it was trained on another base model',
})

/** Weights of the base in fewer bits. */
export const quantize = choice(quantizations, {
  help: 'Keep the base’s linear layers in 8 or 4 bits (QLoRA): less memory, nearly the same numbers',
})
/** How the next token is drawn, of every command that generates. */
export const sampling = {
  temperature: number({ help: 'Draw tokens; below 1 likely ones more often, 0 takes the likeliest', min: 0 }),
  topK: integer({ help: 'Draw among the so many likeliest tokens', min: 1 }),
  topP: number({ help: 'Draw among the likeliest tokens that have this probability together', above: 0, max: 1 }),
  repetitionPenalty: number({ help: 'Above 1: tokens that are there already become less likely', above: 0 }),
  stop: many(exactText({ help: 'Text that ends the answer; may be given more than once' })),
  seed: integer({ help: 'Seed of the tokens drawn; a new one each time unless given', min: 0, max: 4_294_967_295 }),
} as const
