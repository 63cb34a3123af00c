/** A setting and the value that a field of a settings file gives it; or why the field cannot be taken. */
type Meaning = { readonly setting: string; readonly value: unknown } | { readonly problem: string }

/** Undefined where the field says what is done anyway. */
type Reading = (value: unknown) => Meaning | undefined

const as =
  (setting: string): Reading =>
  (value) => ({ setting, value })

/** What a word means as a setting; a word that is not there cannot be taken. */
const oneOf =
  (setting: string, words: Readonly<Record<string, unknown>>): Reading =>
  (value) =>
    String(value) in words
      ? { setting, value: words[String(value)] }
      : { problem: `${JSON.stringify(value)} is none of ${Object.keys(words).join(', ')}` }

/** A field that may only say what is done anyway. */
const only =
  (values: readonly unknown[], otherwise: string): Reading =>
  (value) =>
    values.some((known) => JSON.stringify(known) === JSON.stringify(value)) ? undefined : { problem: otherwise }

const absent = (reason: string): Reading => only([], reason)

const share =
  (setting: string, name: string): Reading =>
  (value) =>
    typeof value === 'number' && value >= 0 && value < 1
      ? { setting, value }
      : { problem: `${name} is a share of at least 0 and below 1` }

/** One local file out of Axolotl's list. */
const dataset =
  (setting: string): Reading =>
  (value) => {
    const [entry, ...more] = [value].flat() as unknown[]
    if (more.length > 0) return { problem: 'there is one file of records: put them together, or name one' }
    if (typeof entry === 'string') return { setting, value: entry }
    const { path, type, ds_type: kind, ...rest } = (entry ?? {}) as Record<string, unknown>
    const [unknown] = Object.keys(rest)
    if (unknown !== undefined)
      return { problem: `${unknown} has no counterpart: the shape of a record shows by itself` }
    if (typeof path !== 'string') return { problem: 'it names no path' }
    const shapes = ['alpaca', 'sharegpt', 'chat_template', 'completion', undefined]
    if (!shapes.includes(type as string)) return { problem: `the type ${JSON.stringify(type)} is not known` }
    if (kind !== undefined && kind !== 'json') return { problem: 'it is read as JSON' }
    return { setting, value: path }
  }

const numbers = 'numbers are float32 here; leave it out'
const fixedOptimizer = 'AdamW is the optimiser, with betas 0.9 and 0.999 and epsilon 1e-8'
const quantized = 'set quantize to int8 or int4: its blocks are not those of bitsandbytes'
const noAttention = 'attention has one implementation here; leave it out'
const everyStep = 'every step is in metrics.jsonl; leave it out'
const noHub = 'nothing is uploaded; leave it out'

/**
 * Fields of Axolotl, PEFT and TRL by what they mean here. One that means nothing here is taken only where it says what is
 * done anyway, and is an error otherwise: never read over.
 */
export const configFields: Readonly<Record<string, Reading>> = {
  base_model: as('base'),
  model_name_or_path: as('base'),
  base_model_name_or_path: as('base'),
  datasets: dataset('data'),
  train_file: as('data'),
  test_datasets: dataset('evalData'),
  validation_file: as('evalData'),
  val_set_size: share('evalSplit', 'val_set_size'),
  test_size: share('evalSplit', 'test_size'),
  output_dir: as('output'),
  adapter: only(['lora'], 'LoRA is what is trained; for a quantised base set quantize'),
  peft_type: only(['LORA'], 'LoRA is what is trained'),
  use_peft: only([true], 'an adapter is what is trained'),
  task_type: only(['CAUSAL_LM'], 'causal language models are what is trained'),
  r: as('rank'),
  lora_r: as('rank'),
  lora_alpha: as('alpha'),
  lora_dropout: as('dropout'),
  lora_target_modules: as('targetModules'),
  lora_target_linear: (value) => (value === true ? { setting: 'targetModules', value: 'all-linear' } : undefined),
  peft_use_rslora: as('useRslora'),
  peft_use_dora: as('useDora'),
  lora_model_dir: as('initAdapter'),
  init_lora_weights: (value) => (value === true ? undefined : { setting: 'initLoraWeights', value }),
  lora_layers_to_transform: as('layers'),
  layers_to_transform: as('layers'),
  bias: only(['none'], 'biases are frozen'),
  lora_bias: only(['none', false], 'biases are frozen'),
  lora_modules_to_save: only([[]], 'only low-rank matrices are trained'),
  modules_to_save: only([[]], 'only low-rank matrices are trained'),
  sequence_len: as('maxLength'),
  max_seq_length: as('maxLength'),
  cutoff_len: as('maxLength'),
  sample_packing: as('packing'),
  train_on_inputs: oneOf('lossOn', { true: 'all', false: 'completion' }),
  completion_only_loss: oneOf('lossOn', { true: 'completion', false: 'all' }),
  assistant_only_loss: (value) => (value === true ? { setting: 'lossOn', value: 'assistant' } : undefined),
  micro_batch_size: as('batchSize'),
  per_device_train_batch_size: as('batchSize'),
  gradient_accumulation_steps: as('gradientAccumulation'),
  num_epochs: as('epochs'),
  num_train_epochs: as('epochs'),
  max_steps: (value) => (value === -1 ? undefined : { setting: 'maxSteps', value }),
  lr_scheduler_type: as('lrScheduler'),
  warmup_ratio: share('warmup', 'warmup_ratio'),
  warmup_steps: (value) =>
    Number.isInteger(value) ? { setting: 'warmup', value } : { problem: 'warmup_steps is a whole number' },
  optimizer: only(['adamw', 'adamw_torch', 'adamw_torch_fused'], fixedOptimizer),
  optim: only(['adamw', 'adamw_torch', 'adamw_torch_fused'], fixedOptimizer),
  adam_beta1: only([0.9], fixedOptimizer),
  adam_beta2: only([0.999], fixedOptimizer),
  adam_epsilon: only([1e-8], fixedOptimizer),
  early_stopping_patience: as('earlyStopping'),
  resume_from_checkpoint: (value) =>
    typeof value === 'boolean'
      ? { setting: 'resume', value }
      : { problem: 'the newest checkpoint beside the output is gone on from: true or false' },
  bf16: only([false], numbers),
  fp16: only([false], numbers),
  tf32: only([false], numbers),
  load_in_8bit: only([false], quantized),
  load_in_4bit: only([false], quantized),
  flash_attention: only([false], noAttention),
  flash_attn: only([false], noAttention),
  attn_implementation: absent(noAttention),
  gradient_checkpointing: only([false], 'activations are kept; leave it out'),
  group_by_length: only([false], 'batches are drawn at random'),
  logging_steps: absent(everyStep),
  report_to: only(['none', []], everyStep),
  wandb_project: absent(everyStep),
  push_to_hub: only([false], noHub),
  hub_model_id: absent(noHub),
}
