// Trains the bundled base model from scratch: npm run train:base -- [options]
//   --data FOLDER      the sources (../shared/datasets beside the checkout)
//   --output FOLDER    where the model is written (base-model.new); continues what it finds in FOLDER.checkpoint
//   --steps N          optimizer steps (3600)
//   --seed N           of the first weights and the order of the text (0)
//   --device NAME      cpu, webgpu, cuda, dml, coreml or auto (auto where there is a GPU, else cpu)
//   --evaluate FOLDER  trains nothing: the held-out loss of a model folder
// After Ctrl-C the same command continues from there; after a kill, from the last checkpoint, a minute or two before.
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { OpenLedgerError } from '../dist/errors/OpenLedgerError.js'
import { openBaseModel } from '../dist/models/base/BaseModel.js'
import { Evaluator } from '../dist/models/run/evaluate.js'
import { pretrain } from '../dist/pretraining/pretrain.js'
import { missingSources, readDocuments, sourceNames } from './trainBase/documents.js'

const evaluationLength = 256

const config = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  vocab_size: 2048,
  hidden_size: 192,
  intermediate_size: 512,
  num_hidden_layers: 4,
  num_attention_heads: 6,
  num_key_value_heads: 2,
  head_dim: 32,
  max_position_embeddings: 512,
  rms_norm_eps: 1e-5,
  rope_parameters: { rope_type: 'default', rope_theta: 10_000 },
  hidden_act: 'silu',
  attention_bias: false,
  mlp_bias: false,
  tie_word_embeddings: true,
  bos_token_id: 1,
  eos_token_id: 2,
  pad_token_id: 0,
}

const tokenizer = {
  special: { padding: '<pad>', begin: '<s>', end: '</s>', turns: ['<|user|>', '<|assistant|>', '<|system|>'] },
  chatTemplate:
    "<s>{% for m in messages %}{{ '<|' + m['role'] + '|>' + m['content'] }}{% if m['role'] == 'assistant' %}{{ '</s>' }}" +
    "{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}",
  maximumLength: 512,
}

/**
 * How the training goes: short sequences first, which cost less, at the full rates; then rates that fall to zero along three
 * lines. 4096 tokens a step throughout. Another number of steps stretches it.
 */
const course = [
  { steps: 650, batch: 32, length: 128, from: 1, to: 1 },
  { steps: 1050, batch: 16, length: 256, from: 0.6, to: 0.3709 },
  { steps: 1150, batch: 16, length: 256, from: 0.3709, to: 0.177 },
  { steps: 750, batch: 16, length: 256, from: 0.177, to: 0 },
]
const courseSteps = course.reduce((sum, phase) => sum + phase.steps, 0)

const settingsOf = (steps, seed) => {
  // The end of each phase is rounded, not its length, so that the lengths sum to the steps.
  const at = (done) => Math.round((done * steps) / courseSteps)
  let done = 0
  const phases = course.map((phase) => {
    const start = done
    done += phase.steps
    return { ...phase, steps: at(done) - at(start) }
  })
  return {
    phases,
    warmup: 50,
    matrixLearningRate: 0.02,
    matrixWeightDecay: 0.05,
    momentum: 0.95,
    learningRate: 0.005,
    weightDecay: 0.1,
    beta1: 0.9,
    beta2: 0.95,
    maxGradNorm: 1,
    evaluationLength,
    evaluateEvery: 100,
    saveEvery: 50,
    seed,
  }
}

class UsageError extends Error {}

function parse() {
  const text = /** @type {const} */ ({ type: 'string', multiple: false })
  try {
    return parseArgs({
      options: {
        data: text,
        output: text,
        steps: text,
        seed: text,
        device: text,
        evaluate: text,
        help: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function integer(flags, name, otherwise, least) {
  const value = flags[name] ?? String(otherwise)
  if (!/^\d{1,9}$/.test(value) || Number(value) < least)
    throw new UsageError(`--${name} is ${value}: it must be a whole number of ${least} or more`)
  return Number(value)
}

function read(folder) {
  const missing = missingSources(folder)
  if (missing.length > 0)
    throw new UsageError(
      `${folder} lacks ${missing.join(', ')}.\nThe base model is trained on the sources that base-model/README.md lists; name their folder with --data.`,
    )
  return readDocuments(folder)
}

const duration = (seconds) => (seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`)

/** One line that rewrites itself on a terminal, and a line every half minute elsewhere. */
function progress() {
  const { stderr } = process
  let last = 0
  let mean
  return {
    show({ step, steps, loss, tokens, seconds }) {
      mean = mean === undefined ? seconds : 0.95 * mean + 0.05 * seconds
      const now = performance.now()
      if (now - last < (stderr.isTTY ? 200 : 30_000) && step < steps) return
      last = now
      const line = `step ${step} of ${steps}, loss ${loss.toFixed(4)}, ${Math.round(tokens / mean)} tokens/s, ${duration((steps - step) * mean)} left`
      stderr.write(stderr.isTTY ? `\r\x1b[K${line}` : `${line}\n`)
    },
    say(line) {
      stderr.write(stderr.isTTY ? `\r\x1b[K${line}\n` : `${line}\n`)
    },
  }
}

/** Held-out loss of a model folder as its users would compute it: nats a token, and bits a byte of text. */
async function evaluate(folder, held, device) {
  const base = await openBaseModel(folder)
  const [end] = base.config.endTokens
  const ids = held.flatMap((text) => [base.config.beginToken, ...base.tokenizer.encode(text), end])
  const length = evaluationLength + 1
  const labelled = Uint8Array.from({ length }, (_, i) => (i === 0 ? 0 : 1))
  const windows = Array.from({ length: Math.floor(ids.length / length) }, (_, i) => ({
    ids: ids.slice(i * length, (i + 1) * length),
    labelled,
    truncated: 0,
    lostEnd: false,
  }))
  const evaluator = new Evaluator(base, undefined, { device })
  const { loss } = await evaluator.evaluate(windows).finally(() => evaluator.dispose())
  const bytes = held.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  return { loss, tokens: ids.length, bytes, bitsPerByte: (loss * ids.length) / (bytes * Math.LN2) }
}

const show = ({ loss, tokens, bytes, bitsPerByte }) =>
  `${loss.toFixed(4)} nats/token, ${bitsPerByte.toFixed(4)} bits/byte (${tokens} tokens, ${bytes} bytes)`

async function main() {
  const flags = parse()
  if (flags.help) {
    const head = readFileSync(fileURLToPath(import.meta.url), 'utf8').split('\nimport ')[0]
    console.log(head.replaceAll(/^\/\/ ?/gm, ''))
    return
  }
  const path = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url))
  const steps = integer(flags, 'steps', courseSteps, 12)
  const seed = integer(flags, 'seed', 0, 0)
  const device = /** @type {import('../dist/onnx/graph/RunDevice.js').Device} */ (flags.device ?? 'auto')
  const documents = read(flags.data ?? path('../shared/datasets'))
  if (flags.evaluate) {
    console.log(`held-out ${show(await evaluate(flags.evaluate, documents.held, device))}`)
    return
  }
  const output = flags.output ?? path('base-model.new')
  const abort = new AbortController()
  process.once('SIGINT', () => abort.abort())
  const { show: onStep, say } = progress()
  say(`reading ${sourceNames.join(', ')}; training the tokenizer`)
  await pretrain({
    output,
    config,
    tokenizer,
    documents,
    settings: settingsOf(steps, seed),
    device,
    threads: availableParallelism(),
    signal: abort.signal,
    onPlan: (plan) =>
      say(
        `${plan.parameters} parameters, ${plan.vocabulary} tokens in the vocabulary, ${plan.trainTokens} to train on, ${plan.heldOutTokens} held out` +
          (plan.done > 0 ? `; going on after step ${plan.done}` : ''),
      ),
    onStep,
    onEvaluation: ([step, , held]) => say(`held-out after step ${step}: ${held.toFixed(4)} nats/token`),
  })
  say(`held-out in float16: ${show(await evaluate(output, documents.held, device))}`)
  console.log(output)
}

try {
  await main()
} catch (error) {
  if (error instanceof Error && error.name === 'AbortError') {
    process.stderr.write('\nstopped; the same command continues from here\n')
    process.exitCode = 130
  } else if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 2
  } else if (OpenLedgerError.is(error)) {
    process.stderr.write(`\n${error.code} ${error.message}\n${error.hint}\n`)
    process.exitCode = error.exitCode
  } else throw error
}
