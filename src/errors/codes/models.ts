import type { ErrorRange, ErrorTable } from '../ErrorDescriptor.js'

export const modelsRange: ErrorRange = {
  title: 'Base models, safetensors and tokenizers',
  codes: [
    [1300, 1349],
    [1360, 1360],
    [1363, 1399],
  ],
}

export const modelsErrors = {
  OL1300: {
    message: '{path} is not a valid safetensors file: {reason}',
    hint: 'Download or export the file again, and compare its checksum with the source.',
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
    hint: 'Use a model without this option; ignoring the option would give wrong numbers.',
    exitCode: 2,
  },
  OL1305: {
    message: 'The tensor {name} in {path} is {found}, but config.json requires {wanted}',
    hint: 'Check that the weights and config.json belong to the same model.',
  },
  OL1306: {
    message: 'The tokenizer in {path} cannot be used: {reason}',
    hint: 'Check that tokenizer.json is the fast tokenizer of this model.',
  },
  OL1307: {
    message: 'The chat template of {path} cannot render the messages: {reason}',
    hint: 'Check the roles and their order in the data, or the template: chat_template.jinja, or chat_template in tokenizer_config.json.',
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
    message: 'No layer of the model matches the target modules {targets}',
    hint: 'Choose among {available}, a regular expression over full module names, or all-linear.',
    exitCode: 2,
  },
  OL1311: {
    message: '{path}, {unit} {line}, record {record}, is not a training record: {reason}',
    hint: 'Give text, prompt and completion, messages, instruction and output (alpaca), or conversations (ShareGPT); --map names their columns.',
  },
  OL1312: {
    message: '{path} holds no records',
    hint: 'Give a file of JSON Lines, JSON, CSV, TSV or Parquet with at least one record.',
  },
  OL1313: {
    message: 'The prompt has {tokens} tokens; the model reads at most {limit}',
    hint: 'Shorten the prompt, so that there is room for an answer.',
  },
  OL1314: {
    message: 'The tensor {name} in {path} holds NaN or infinite numbers',
    hint: 'Download or export the model again: nothing can be computed with these weights.',
  },
  OL1315: {
    message: 'The model computed numbers that are not finite for the token after the first {position}',
    hint: 'Download or export the weights again: some are damaged or too large for float32.',
  },
  OL1316: {
    message: 'The adapter {path} has {field} {value} in adapter_config.json, which is not supported',
    hint: '{hint}.',
    exitCode: 2,
  },
  OL1317: {
    message:
      'The adapter {path} has its weights only in adapter_model.bin, a pickle file, which can run any program when it is opened',
    hint: 'Convert it if you trust it: load it with PEFT and call save_pretrained(folder, safe_serialization=True).',
    exitCode: 2,
  },
  OL1318: {
    message: 'The weights of {path} are stored in {method}, which is not supported',
    hint: 'Use the original model in float32, float16 or bfloat16, and save memory with --quantize int8 or int4.',
    exitCode: 2,
  },
  OL1330: {
    message: '--revision {revision} requires a model on the Hugging Face Hub, but {base} is a folder',
    hint: 'Leave --revision out, or name a model on the Hub: --base owner/name.',
    exitCode: 2,
  },
  OL1331: {
    message: '{hub} does not allow reading {id}: {reason}',
    hint: 'Check the name. For a private or gated model set HF_TOKEN to a token that may read it, and accept its terms at {hub}/{id}.',
    exitCode: 4,
  },
  OL1332: {
    message: '{hub} has no model {id} with a revision {revision}, and there is no such folder: {reason}',
    hint: 'Check the spelling, or write ./{id} if it is a folder.',
    exitCode: 2,
  },
  OL1333: {
    message:
      'There is no folder {id}, and the model of that name cannot be downloaded ({reason}): the cache {cache} lacks {missing}',
    hint: 'Download the model once while there is a network: `openledger model inspect {id}`; or set HF_HUB_CACHE to a cache that has it.',
  },
  OL1334: {
    message: '{file} of {id} arrived damaged: {reason}',
    hint: 'Run the same command again, which downloads this file again. If that fails too, look for a proxy that changes the file.',
  },
  OL1335: {
    message: 'The connection broke at byte {done} of {size} of {file} of {id}: {reason}',
    hint: 'Run the same command again, which continues where the download stopped.',
  },
  OL1336: {
    message: 'The model {id} has no {missing}',
    hint: 'Choose a model with safetensors weights and a tokenizer.json, or convert an older one with transformers’ save_pretrained.',
    exitCode: 2,
  },
  OL1337: {
    message: 'Nothing in {path} can be evaluated: no record has a token with loss within {limit} tokens',
    hint: 'Give records with answers, raise --max-length, or count every token with --loss-on all.',
    exitCode: 2,
  },
  OL1338: {
    message: 'The weight {name} of {path} cannot be written as {type}: a number in it is not finite or too large',
    hint: 'Use --dtype float32, or bfloat16, which has the range of float32.',
  },
  OL1339: {
    message: 'The model cannot be exported for {length} tokens; the limit is {limit}',
    hint: 'Choose a --length of at most {limit}; shorter texts are padded after their last token.',
    exitCode: 2,
  },
  OL1360: {
    message: 'A base model cannot be stored in {quantize} and computed in {compute} at the same time',
    hint: 'Use --quantize to save memory, or --compute int8 to save time on processors where it is faster.',
    exitCode: 2,
  },
} as const satisfies ErrorTable
