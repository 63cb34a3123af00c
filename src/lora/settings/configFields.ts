/**
 * The meaning of a field in a settings file: a setting with its value, optionally with a note; a setting given as a frequency
 * per epoch (0 means never); a note why the field has no effect; or the problem why it is refused.
 */
export type Meaning =
  | { readonly setting: string; readonly value: unknown; readonly note?: string }
  | { readonly setting: string; readonly perEpoch: number }
  | { readonly note: string }
  | { readonly problem: string }

/** Interprets the value of a field; undefined if the field has no effect because it states the only behaviour. */
type Reading = (value: unknown) => Meaning | undefined

const as =
  (setting: string): Reading =>
  (value) => ({ setting, value })

/** Maps words to values of a setting, and refuses other words. */
const oneOf =
  (setting: string, words: Readonly<Record<string, unknown>>): Reading =>
  (value) =>
    Object.hasOwn(words, String(value))
      ? { setting, value: words[String(value)] }
      : { problem: `${JSON.stringify(value)} is none of ${Object.keys(words).join(', ')}` }

/** Accepts only the values that state what is done anyway. */
const only =
  (values: readonly unknown[], otherwise: string): Reading =>
  (value) =>
    values.some((known) => JSON.stringify(known) === JSON.stringify(value)) ? undefined : { problem: otherwise }

/** Reads a list of names; an empty list has no effect. */
const names =
  (setting: string): Reading =>
  (value) =>
    Array.isArray(value) && value.length === 0 ? undefined : { setting, value }

/** Reads numbers by layer names, which are JSON on the command line; an empty mapping has no effect. */
const pattern =
  (setting: string): Reading =>
  (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { problem: `${JSON.stringify(value)} is not a mapping of names to numbers` }
    return Object.keys(value).length === 0 ? undefined : { setting, value: JSON.stringify(value) }
  }

const share =
  (setting: string, name: string): Reading =>
  (value) =>
    typeof value === 'number' && value >= 0 && value < 1
      ? { setting, value }
      : { problem: `${name} is a share of at least 0 and below 1` }

/** Reads the local files of Axolotl's list. */
const datasets =
  (setting: string, most: number): Reading =>
  (value) => {
    const entries = [value].flat().map(datasetPath)
    if (entries.length > most)
      return { problem: 'only one file can be used for evaluation: combine the files, or name one' }
    const problem = entries.find((entry) => typeof entry !== 'string')
    return problem ?? { setting, value: most === 1 ? entries[0] : entries }
  }

/** The path of an entry of Axolotl's list. */
function datasetPath(entry: unknown): string | { readonly problem: string } {
  if (typeof entry === 'string') return entry
  const { path, type, ds_type: kind, ...rest } = (entry ?? {}) as Record<string, unknown>
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined)
    return {
      problem: `${unknown} has no counterpart: the fields of a record decide its shape, and \`map\` names its columns`,
    }
  if (typeof path !== 'string') return { problem: 'it names no path' }
  const shapes = ['alpaca', 'sharegpt', 'chat_template', 'completion', undefined]
  if (!shapes.includes(type as string)) return { problem: `the type ${JSON.stringify(type)} is not known` }
  const kinds = ['json', 'csv', 'parquet', undefined]
  return kinds.includes(kind as string) ? path : { problem: `files of ${JSON.stringify(kind)} are not read` }
}

/** Reads columns as a mapping, or in the syntax of the flag. */
const columns: Reading = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { setting: 'map', value: Object.entries(value).map(([field, column]) => `${field}=${column}`) }
    : { setting: 'map', value }

/** A field that does not affect the adapter. It gets a note, unless its value is false, none or empty. */
const idle =
  (why: string): Reading =>
  (value) =>
    value === false || value === 'none' || (Array.isArray(value) && value.length === 0) ? undefined : { note: why }

const floats = 'numbers are float32 here'
const quantized = 'set quantize to int8 or int4: its blocks are not those of bitsandbytes'
const attention = 'attention and kernels have one implementation here'
const everyStep = 'every step is in metrics.jsonl'
const noHub = 'nothing is uploaded'
const oneProcess = 'one process trains'
const loading = 'records are read once, by one thread'
const memory = 'it affects only memory'
const evaluating = 'it does not change what is trained'
const missing = 'it is not implemented, and would change the numbers; remove it'

const perEpoch =
  (setting: string): Reading =>
  (value) =>
    typeof value === 'number' && value > 0
      ? { setting, perEpoch: value }
      : { problem: `${JSON.stringify(value)} is not a number above 0` }

/** The strategies of transformers for evaluating or saving, as a frequency of `setting`. */
const strategy =
  (setting: string): Reading =>
  (value) =>
    value === 'epoch'
      ? { setting, perEpoch: 1 }
      : value === 'no' || value === false
        ? { setting, perEpoch: 0 }
        : value === 'steps'
          ? undefined
          : { problem: `${JSON.stringify(value)} is none of no, steps, epoch` }

const optimizerNames: Readonly<Record<string, string>> = {
  adamw: 'adamw',
  adamw_torch: 'adamw',
  adamw_torch_fused: 'adamw',
  adamw_apex_fused: 'adamw',
  paged_adamw: 'adamw',
  paged_adamw_32bit: 'adamw',
  adamw_8bit: 'adamw',
  adamw_bnb_8bit: 'adamw',
  paged_adamw_8bit: 'adamw',
  sgd: 'sgd',
  adafactor: 'adafactor',
  lion: 'lion',
  lion_32bit: 'lion',
  paged_lion_32bit: 'lion',
  lion_8bit: 'lion',
  paged_lion_8bit: 'lion',
}

const optimizer: Reading = (value) => {
  const found = typeof value === 'string' && Object.hasOwn(optimizerNames, value) ? optimizerNames[value] : undefined
  if (found === undefined)
    return { problem: `there is no optimizer ${JSON.stringify(value)}: use adamw, sgd, adafactor or lion` }
  const note = 'the optimizer keeps its state in float32, not in 8 bits'
  return { setting: 'optimizer', value: found, ...(String(value).includes('8bit') && { note }) }
}

/** Reads the momentum from transformers' `optim_args`: `momentum=0.9`, or a mapping. */
const optimizerArguments: Reading = (value) => {
  if (typeof value !== 'string' && (typeof value !== 'object' || Array.isArray(value)))
    return { problem: `${JSON.stringify(value)} is neither momentum=0.9 nor a mapping` }
  const given =
    typeof value === 'string'
      ? Object.fromEntries(value.split(',').map((part) => part.split('=').map((word) => word.trim())))
      : ((value ?? {}) as Readonly<Record<string, unknown>>)
  const [other] = Object.keys(given).filter((name) => name !== 'momentum')
  if (other !== undefined) return { problem: `momentum is supported, ${other} is not` }
  return given['momentum'] === undefined ? undefined : { setting: 'momentum', value: Number(given['momentum']) }
}

/** Accepts only the padding token, which does not affect the result. */
const specialTokens: Reading = (value) => {
  const [other] = Object.keys((value ?? {}) as object).filter((name) => name !== 'pad_token')
  return other === undefined
    ? { note: 'padding is never read' }
    : { problem: `the tokenizer of the base model defines ${other}; change it there` }
}

const initialization: Reading = (value) => (value === true ? undefined : { setting: 'initLoraWeights', value })

const sampling: Reading = (value) => {
  if (value === 'group_by_length') return { setting: 'groupByLength', value: true }
  if (value === 'sequential') return { setting: 'shuffle', value: false }
  return value === 'random' ? undefined : { problem: `${JSON.stringify(value)} is not implemented` }
}

/**
 * The meaning of the fields of Axolotl, PEFT, TRL and LLaMA-Factory. A field that does not affect the adapter is accepted with
 * a note; one that would change it and is not implemented is an error. No field is silently ignored.
 */
export const configFields: Readonly<Record<string, Reading>> = {
  base_model: as('base'),
  model_name_or_path: as('base'),
  base_model_name_or_path: as('base'),
  model_revision: as('revision'),
  datasets: datasets('data', Number.POSITIVE_INFINITY),
  map: columns,
  train_file: as('data'),
  test_datasets: datasets('evalData', 1),
  validation_file: as('evalData'),
  val_set_size: share('evalSplit', 'val_set_size'),
  val_size: share('evalSplit', 'val_size'),
  test_size: share('evalSplit', 'test_size'),
  output_dir: as('output'),
  adapter: only(['lora'], 'only LoRA is supported; for a quantized base set quantize'),
  peft_type: only(['LORA'], 'only LoRA is supported'),
  use_peft: only([true], 'only adapters can be trained'),
  task_type: only(['CAUSAL_LM'], 'only causal language models are supported'),
  lora_task_type: only(['CAUSAL_LM'], 'only causal language models are supported'),
  stage: only(['sft'], 'only supervised fine-tuning is supported'),
  finetuning_type: only(['lora'], 'only LoRA is supported'),
  do_train: only([true], 'this command trains'),
  r: as('rank'),
  lora_r: as('rank'),
  lora_rank: as('rank'),
  lora_alpha: as('alpha'),
  lora_dropout: as('dropout'),
  lora_target_modules: as('targetModules'),
  lora_target: (value) => ({ setting: 'targetModules', value: value === 'all' ? 'all-linear' : value }),
  lora_target_linear: (value) => (value === true ? { setting: 'targetModules', value: 'all-linear' } : undefined),
  peft_use_rslora: as('useRslora'),
  peft_use_dora: as('useDora'),
  lora_model_dir: as('initAdapter'),
  init_lora_weights: initialization,
  peft_init_lora_weights: initialization,
  lora_layers_to_transform: as('layers'),
  peft_layers_to_transform: as('layers'),
  layers_to_transform: as('layers'),
  lora_fan_in_fan_out: idle('the base model defines the layout of its weights'),
  fan_in_fan_out: idle('the base model defines the layout of its weights'),
  layers_pattern: as('layersPattern'),
  peft_layers_pattern: as('layersPattern'),
  exclude_modules: as('excludeModules'),
  rank_pattern: pattern('rankPattern'),
  alpha_pattern: pattern('alphaPattern'),
  bias: as('bias'),
  lora_bias: only(['none', false], 'an adapter has no biases of its own here; `bias` trains those of the base'),
  lora_modules_to_save: names('modulesToSave'),
  modules_to_save: names('modulesToSave'),
  sequence_len: as('maxLength'),
  max_seq_length: as('maxLength'),
  cutoff_len: as('maxLength'),
  sample_packing: as('packing'),
  packing_strategy: only(['bfd'], 'rows are packed best-fit decreasing'),
  train_on_inputs: oneOf('lossOn', { true: 'all', false: 'completion' }),
  train_on_prompt: oneOf('lossOn', { true: 'all', false: 'completion' }),
  completion_only_loss: oneOf('lossOn', { true: 'completion', false: 'all' }),
  assistant_only_loss: (value) => (value === true ? { setting: 'lossOn', value: 'assistant' } : undefined),
  micro_batch_size: as('batchSize'),
  per_device_train_batch_size: as('batchSize'),
  gradient_accumulation_steps: as('gradientAccumulation'),
  num_epochs: as('epochs'),
  num_train_epochs: as('epochs'),
  max_steps: (value) => (value === -1 ? undefined : { setting: 'maxSteps', value }),
  lr_scheduler_type: as('lrScheduler'),
  lr_scheduler_kwargs: only([{}], missing),
  warmup_ratio: share('warmup', 'warmup_ratio'),
  warmup_steps: (value) =>
    typeof value === 'number' && (Number.isInteger(value) || value < 1)
      ? { setting: 'warmup', value }
      : { problem: 'warmup_steps is a whole number, or a share below 1' },
  train_sampling_strategy: sampling,
  optimizer,
  optim: optimizer,
  optim_args: optimizerArguments,
  early_stopping_patience: as('earlyStopping'),
  evals_per_epoch: perEpoch('evalSteps'),
  saves_per_epoch: perEpoch('saveSteps'),
  eval_strategy: strategy('evalSteps'),
  evaluation_strategy: strategy('evalSteps'),
  save_strategy: strategy('saveSteps'),
  resume_from_checkpoint: (value) =>
    typeof value === 'boolean'
      ? { setting: 'resume', value }
      : { problem: 'training resumes from the newest checkpoint next to the output, so it is true or false' },
  auto_resume_from_checkpoints: as('resume'),
  load_best_model_at_end: only([false], 'set early_stopping_patience: the adapter is then the best one'),
  load_in_8bit: only([false], quantized),
  load_in_4bit: only([false], quantized),
  special_tokens: specialTokens,
  optim_target_modules: only([[]], missing),
  label_smoothing_factor: only([0], missing),
  loss_type: only(['nll'], missing),
  dataloader_drop_last: only([false], missing),
  auto_find_batch_size: only([false], missing),
  average_tokens_across_devices: idle(oneProcess),
  s2_attention: only([false], missing),
  shuffle_merged_datasets: only([true], 'records of all files are shuffled together; set shuffle'),
  metric_for_best_model: only(['loss', 'eval_loss'], 'adapters are compared by loss'),
  greater_is_better: only([false], 'a lower loss is better'),
  label_names: only([[], ['labels']], missing),
  bf16: idle(floats),
  fp16: idle(floats),
  tf32: idle(floats),
  bfloat16: idle(floats),
  float16: idle(floats),
  dtype: idle(floats),
  torch_dtype: idle(floats),
  flash_attention: idle(attention),
  flash_attn: idle(attention),
  xformers_attention: idle(attention),
  sdp_attention: idle(attention),
  attn_implementation: idle(attention),
  use_liger_kernel: idle(attention),
  lora_mlp_kernel: idle(attention),
  lora_qkv_kernel: idle(attention),
  lora_o_kernel: idle(attention),
  use_cache: idle(attention),
  padding_free: idle(attention),
  torch_compile: idle(attention),
  gradient_checkpointing: idle(memory),
  gradient_checkpointing_kwargs: idle(memory),
  activation_offloading: idle(memory),
  low_cpu_mem_usage: idle(memory),
  lora_on_cpu: idle(memory),
  torch_empty_cache_steps: idle(memory),
  skip_memory_metrics: idle(everyStep),
  include_tokens_per_second: idle(everyStep),
  include_num_input_tokens_seen: idle(everyStep),
  use_cpu: idle('--device decides where tensors are computed'),
  no_cuda: idle('--device decides where tensors are computed'),
  pad_to_sequence_len: idle('padding is never read'),
  pad_token: idle('padding is never read'),
  local_rank: idle(oneProcess),
  deepspeed: idle(oneProcess),
  report_to: idle(everyStep),
  run_name: idle(everyStep),
  log_level: idle(everyStep),
  plot_loss: idle('report.html has the curves'),
  use_tensorboard: idle(everyStep),
  disable_tqdm: idle(everyStep),
  debug: idle(everyStep),
  push_to_hub: idle(noHub),
  dataset_num_proc: idle(loading),
  dataset_processes: idle(loading),
  dataset_prepared_path: idle(loading),
  dataset_keep_in_memory: idle(loading),
  preprocessing_num_workers: idle(loading),
  overwrite_cache: idle(loading),
  remove_unused_columns: idle(loading),
  model_type: idle('config.json of the base model defines it'),
  tokenizer_type: idle('tokenizer.json of the base model defines it'),
  is_llama_derived_model: idle('config.json of the base model defines it'),
  trust_remote_code: idle('no code of a model is run'),
  strict: idle('every field is checked'),
  overwrite_output_dir: idle('--yes replaces an existing adapter'),
  save_only_model: idle('adapters are saved with their checkpoints'),
  save_safetensors: idle('adapters are saved as safetensors'),
  do_eval: idle(evaluating),
  eval_sample_packing: idle(evaluating),
  eval_packing: idle(evaluating),
  eval_batch_size: idle(evaluating),
  per_device_eval_batch_size: idle(evaluating),
  eval_accumulation_steps: idle(evaluating),
  eval_on_start: idle(evaluating),
  batch_eval_metrics: idle(evaluating),
  prediction_loss_only: idle(evaluating),
  bf16_full_eval: idle(floats),
  fp16_full_eval: idle(floats),
  eval_table_size: idle(evaluating),
  eval_max_new_tokens: idle(evaluating),
  loss_watchdog_threshold: idle('training stops when the loss is not finite'),
  loss_watchdog_patience: idle('training stops when the loss is not finite'),
}

/** Families of fields that do not affect the adapter, by the prefixes of their names. */
const idleFamilies: Readonly<Record<string, Reading>> = {
  wandb_: idle(everyStep),
  mlflow_: idle(everyStep),
  comet_: idle(everyStep),
  trackio_: idle(everyStep),
  swanlab_: idle(everyStep),
  logging_: idle(everyStep),
  hub_: idle(noHub),
  dataloader_: idle(loading),
  ddp_: idle(oneProcess),
  fsdp: idle(oneProcess),
}

/** The interpretation of a field; undefined if its name is not known. */
export function readingOf(name: string): Reading | undefined {
  if (Object.hasOwn(configFields, name)) return configFields[name]
  return Object.entries(idleFamilies).find(([start]) => name.startsWith(start))?.[1]
}
