/**
 * A setting and the value that a field of a settings file gives it, or how often in an epoch what the setting counts steps
 * between is to come (never, where that is 0); that the field has no effect here, and why; or why it cannot be taken. A setting may come with a note.
 */
export type Meaning =
  | { readonly setting: string; readonly value: unknown; readonly note?: string }
  | { readonly setting: string; readonly perEpoch: number }
  | { readonly note: string }
  | { readonly problem: string }

/** Undefined where the field says what is done anyway. */
type Reading = (value: unknown) => Meaning | undefined

const as =
  (setting: string): Reading =>
  (value) => ({ setting, value })

/** What a word means as a setting; a word that is not there cannot be taken. */
const oneOf =
  (setting: string, words: Readonly<Record<string, unknown>>): Reading =>
  (value) =>
    Object.hasOwn(words, String(value))
      ? { setting, value: words[String(value)] }
      : { problem: `${JSON.stringify(value)} is none of ${Object.keys(words).join(', ')}` }

/** A field that may only say what is done anyway. */
const only =
  (values: readonly unknown[], otherwise: string): Reading =>
  (value) =>
    values.some((known) => JSON.stringify(known) === JSON.stringify(value)) ? undefined : { problem: otherwise }

/** A list of names; an empty one says nothing. */
const names =
  (setting: string): Reading =>
  (value) =>
    Array.isArray(value) && value.length === 0 ? undefined : { setting, value }

/** Numbers by names of layers; on the command line they are JSON. An empty one says nothing. */
const pattern =
  (setting: string): Reading =>
  (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { problem: `${JSON.stringify(value)} is no mapping of names to numbers` }
    return Object.keys(value).length === 0 ? undefined : { setting, value: JSON.stringify(value) }
  }

const share =
  (setting: string, name: string): Reading =>
  (value) =>
    typeof value === 'number' && value >= 0 && value < 1
      ? { setting, value }
      : { problem: `${name} is a share of at least 0 and below 1` }

/** The local files of Axolotl's list. */
const datasets =
  (setting: string, most: number): Reading =>
  (value) => {
    const entries = [value].flat().map(datasetPath)
    if (entries.length > most) return { problem: 'there is one file to evaluate on: put them together, or name one' }
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
      problem: `${unknown} has no counterpart: the shape of a record shows by itself, and \`map\` names its columns`,
    }
  if (typeof path !== 'string') return { problem: 'it names no path' }
  const shapes = ['alpaca', 'sharegpt', 'chat_template', 'completion', undefined]
  if (!shapes.includes(type as string)) return { problem: `the type ${JSON.stringify(type)} is not known` }
  const kinds = ['json', 'csv', 'parquet', undefined]
  return kinds.includes(kind as string) ? path : { problem: `files of ${JSON.stringify(kind)} are not read` }
}

/** Columns as a mapping, or as the flag has them. */
const columns: Reading = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { setting: 'map', value: Object.entries(value).map(([field, column]) => `${field}=${column}`) }
    : { setting: 'map', value }

/** A field that decides nothing about the adapter; false and what is none says nothing at all. */
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
const memory = 'it decides memory alone'
const evaluating = 'it does not change what is trained'
const missing = 'it is not implemented, and would change the numbers; remove it'

const perEpoch =
  (setting: string): Reading =>
  (value) =>
    typeof value === 'number' && value > 0
      ? { setting, perEpoch: value }
      : { problem: `${JSON.stringify(value)} is not a number above 0` }

/** The strategies of transformers for what `setting` counts the steps between. */
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
    return { problem: `there is no optimiser ${JSON.stringify(value)}: take adamw, sgd, adafactor or lion` }
  const note = 'the optimiser keeps its state in float32, not in 8 bits'
  return { setting: 'optimizer', value: found, ...(String(value).includes('8bit') && { note }) }
}

/** Of transformers' `optim_args` the momentum: `momentum=0.9`, or a mapping. */
const optimizerArguments: Reading = (value) => {
  if (typeof value !== 'string' && (typeof value !== 'object' || Array.isArray(value)))
    return { problem: `${JSON.stringify(value)} is neither momentum=0.9 nor a mapping` }
  const given =
    typeof value === 'string'
      ? Object.fromEntries(value.split(',').map((part) => part.split('=').map((word) => word.trim())))
      : ((value ?? {}) as Readonly<Record<string, unknown>>)
  const [other] = Object.keys(given).filter((name) => name !== 'momentum')
  if (other !== undefined) return { problem: `of its arguments there is momentum, not ${other}` }
  return given['momentum'] === undefined ? undefined : { setting: 'momentum', value: Number(given['momentum']) }
}

/** Of the special tokens the one that pads, which no number depends on. */
const specialTokens: Reading = (value) => {
  const [other] = Object.keys((value ?? {}) as object).filter((name) => name !== 'pad_token')
  return other === undefined
    ? { note: 'padding is never read' }
    : { problem: `${other} is what the tokenizer of the base model says; change it there` }
}

const initialisation: Reading = (value) => (value === true ? undefined : { setting: 'initLoraWeights', value })

const sampling: Reading = (value) => {
  if (value === 'group_by_length') return { setting: 'groupByLength', value: true }
  if (value === 'sequential') return { setting: 'shuffle', value: false }
  return value === 'random' ? undefined : { problem: `${JSON.stringify(value)} is not implemented` }
}

/**
 * Fields of Axolotl, PEFT, TRL and LLaMA-Factory by what they mean here. One that decides nothing about the adapter is taken
 * with a note; one that would change its numbers and is not implemented is an error: nothing is read over.
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
  adapter: only(['lora'], 'LoRA is what is trained; for a quantised base set quantize'),
  peft_type: only(['LORA'], 'LoRA is what is trained'),
  use_peft: only([true], 'an adapter is what is trained'),
  task_type: only(['CAUSAL_LM'], 'causal language models are what is trained'),
  lora_task_type: only(['CAUSAL_LM'], 'causal language models are what is trained'),
  stage: only(['sft'], 'supervised fine-tuning is what is done'),
  finetuning_type: only(['lora'], 'LoRA is what is trained'),
  do_train: only([true], 'training is what is done'),
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
  init_lora_weights: initialisation,
  peft_init_lora_weights: initialisation,
  lora_layers_to_transform: as('layers'),
  peft_layers_to_transform: as('layers'),
  layers_to_transform: as('layers'),
  lora_fan_in_fan_out: idle('how a weight lies is what the base model says'),
  fan_in_fan_out: idle('how a weight lies is what the base model says'),
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
  packing_strategy: only(['bfd'], 'rows are filled best fit first'),
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
      : { problem: 'the newest checkpoint beside the output is gone on from: true or false' },
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
  metric_for_best_model: only(['loss', 'eval_loss'], 'the loss is what is compared'),
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
  use_cpu: idle('--device says where tensors are computed'),
  no_cuda: idle('--device says where tensors are computed'),
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
  model_type: idle('config.json of the base model says it'),
  tokenizer_type: idle('tokenizer.json of the base model says it'),
  is_llama_derived_model: idle('config.json of the base model says it'),
  trust_remote_code: idle('no code of a model is run'),
  strict: idle('every field is checked'),
  overwrite_output_dir: idle('an adapter that is there is replaced with --yes'),
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
  loss_watchdog_threshold: idle('training stops where the loss is no longer finite'),
  loss_watchdog_patience: idle('training stops where the loss is no longer finite'),
}

/** Families of fields that decide nothing about the adapter, by how their names begin. */
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

/** What a field means; undefined where its name is not known. */
export function readingOf(name: string): Reading | undefined {
  if (Object.hasOwn(configFields, name)) return configFields[name]
  return Object.entries(idleFamilies).find(([start]) => name.startsWith(start))?.[1]
}
