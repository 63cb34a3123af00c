import type { ErrorTable } from '../ErrorDescriptor.js'

/** OL1300 to OL1399: Base models, safetensors and tokenizers. */
export const modelsErrors = {
  OL1300: {
    message: '{path} is not a sound safetensors file: {reason}',
    hint: 'Download or export the file again; compare its checksum with the source.',
  },
  OL1301: {
    message: '{path} has no tensor {name}',
    hint: 'Check that the weights and config.json belong to the same model.',
  },
  OL1302: {
    message: '{path} is not a Hugging Face model folder: {reason}',
    hint: 'Point --base at a folder with config.json, *.safetensors and tokenizer.json.',
    exitCode: 2,
  },
  OL1303: {
    message: 'The architecture {architecture} in {path} is not supported',
    hint: 'Use a model of a supported architecture: {supported}.',
    exitCode: 2,
  },
  OL1304: {
    message: '{field} in {path} is not supported: {reason}',
    hint: 'Use a model without this option; computing on without it would give wrong numbers.',
    exitCode: 2,
  },
  OL1305: {
    message: 'The tensor {name} in {path} is {found}, but config.json asks for {wanted}',
    hint: 'Check that the weights and config.json belong to the same model.',
  },
  OL1306: {
    message: 'The tokenizer in {path} cannot be used: {reason}',
    hint: 'Check that tokenizer.json is the fast tokenizer of this model.',
  },
  OL1307: {
    message: 'The chat template of {path} cannot render the messages: {reason}',
    hint: 'Check the roles and their order in the data, or the template in tokenizer_config.json.',
  },
  OL1308: {
    message: '{path} is not a PEFT LoRA adapter: {reason}',
    hint: 'Point --adapter at a folder with adapter_config.json and adapter_model.safetensors.',
    exitCode: 2,
  },
  OL1309: {
    message: 'The adapter {path} does not fit the base model: {reason}',
    hint: 'Use the base model that the adapter was trained on: {base}.',
    exitCode: 2,
  },
  OL1310: {
    message: 'No linear layer of the model matches the target modules {targets}',
    hint: 'Choose among {available}, a regular expression over full module names, or all-linear.',
    exitCode: 2,
  },
  OL1311: {
    message: 'Line {line} of {path} is no training record: {reason}',
    hint: 'Give prompt and completion, messages with role and content, or text, as non-empty strings.',
  },
  OL1312: {
    message: '{path} holds no records',
    hint: 'Give a JSON Lines file with at least one record.',
  },
  OL1313: {
    message: 'The prompt has {tokens} tokens; the model reads at most {limit}',
    hint: 'Shorten the prompt, or lower --max-tokens.',
  },
  OL1314: {
    message: 'The tensor {name} in {path} holds NaN or infinite numbers',
    hint: 'Download or export the model again; these weights cannot be trained or run.',
  },
  OL1315: {
    message: 'The model computed numbers that are not finite for the token after {position} others',
    hint: 'Download or export the weights again: some are damaged, or too large for float32.',
  },
} as const satisfies ErrorTable
