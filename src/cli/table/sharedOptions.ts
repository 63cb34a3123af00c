import { quantizations } from '../../models/weights/precision.js'
import { base, choice, exactText, flag, hash32, integer, many, number, text } from '../options.js'

/** The device that computes tensors. */
export const device = choice(['cpu', 'webgpu', 'cuda', 'dml', 'coreml', 'auto'], {
  help: 'Where tensors are computed',
  default: 'cpu',
})

/** The base model of an adapter. */
export const baseModel = base({
  help: 'Folder of the base model, or owner/name on the Hugging Face Hub',
  defaultText: 'the bundled one',
  env: 'OPENLEDGER_BASE',
})
/** The revision of a base model on the Hub. */
export const revision = text({ help: 'Branch, tag or commit of a base model on the Hub', placeholder: 'revision' })

/** The Datanet that a command on the chain is about. */
export const datanetId = hash32({ help: 'Id of the Datanet', defaultText: 'the one that this workspace published' })

/** Help of an argument that names an account. */
export const accountHelp = 'Address, keystore or devnet account'

/** The formats of data files, for help texts. */
export const dataFormats = 'JSON Lines, JSON, CSV, TSV or Parquet, also .gz'

/** Files of records. */
export const dataFiles = {
  help: `File of records (${dataFormats}); may be given more than once`,
} as const

/** The columns of a data file from which the fields of records are read. */
export const columns = {
  map: many(
    text({
      help: 'Columns to read the fields of records from, such as prompt=question,completion=answer',
      placeholder: 'field=column,…',
    }),
  ),
  promptField: text({ help: 'Column of the prompt; short for --map prompt=…', placeholder: 'column' }),
  completionField: text({ help: 'Column of the completion; short for --map completion=…', placeholder: 'column' }),
} as const

/** Accepts a base model that the adapter was not trained on. */
export const force = flag({
  help: 'Use the adapter although its manifest says that it was trained on another base model',
})

/** Stores the weights of the base model in fewer bits. */
export const quantize = choice(quantizations, {
  help: 'Store the base model’s linear layers in 8 or 4 bits (QLoRA): less memory, nearly the same numbers',
})

/** How every command that generates text chooses the next token. */
export const sampling = {
  temperature: number({ help: 'Sample tokens; below 1 prefers likely tokens, 0 always takes the likeliest', min: 0 }),
  topK: integer({ help: 'Sample only from this many of the likeliest tokens', min: 1 }),
  topP: number({ help: 'Sample only from the likeliest tokens whose probabilities add up to this', above: 0, max: 1 }),
  repetitionPenalty: number({ help: 'Above 1 makes tokens that already occur less likely', above: 0 }),
  stop: many(exactText({ help: 'Text that ends the answer; may be given more than once' })),
  seed: integer({ help: 'Seed of the sampling', defaultText: 'a new one each time', min: 0, max: 4_294_967_295 }),
} as const
