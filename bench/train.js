// Training steps against PyTorch + transformers + PEFT in the same run, taken in turn on the same weights, adapter and tokens,
// and against the roofline, what the step's matrix products would take and nothing else: each at the best time of a product
// of its own size, and all at the rate of the fastest of those sizes. Memory is the most that a process held, against the
// weights and activations on paper; once without what Node.js and ONNX Runtime take before there is a model.
//
// node bench/train.js [--shapes 576x6,64x5] [--rounds 7] [--steps 2] [--threads 2] [--python python3]
// Needs `npm run build`. Where Python has no torch and PEFT, the comparison is left out and the rest is measured. On a machine
// that does other work too, `--threads 1` and what is in brackets, by processor time, say more than the wall clock.
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { adapterLayout } from '../dist/models/adapter/adapterLayout.js'
import { readArchitecture } from '../dist/models/architectures/architectures.js'
import { Random } from '../dist/models/random.js'
import { float32Tensor, serializeSafetensors } from '../dist/models/weights/safetensors.js'

const shapes = {
  '576x6': { hidden: 576, layers: 6, vocab: 8192, heads: 9, keyValueHeads: 3, inner: 1536, batch: 4, length: 128 },
  '288x6': { hidden: 288, layers: 6, vocab: 32000, heads: 6, keyValueHeads: 6, inner: 768, batch: 4, length: 128 },
  '576x12': { hidden: 576, layers: 12, vocab: 49152, heads: 9, keyValueHeads: 3, inner: 1536, batch: 2, length: 256 },
  '64x5': { hidden: 64, layers: 5, vocab: 512, heads: 8, keyValueHeads: 4, inner: 172, batch: 16, length: 128 },
}
const all = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj']

const { values: flags } = parseArgs({
  options: {
    shapes: { type: 'string', default: Object.keys(shapes).join() },
    rounds: { type: 'string', default: '7' },
    steps: { type: 'string', default: '2' },
    threads: { type: 'string', default: String(availableParallelism()) },
    python: { type: 'string', default: 'python3' },
  },
})
const rounds = Number(flags.rounds)
const steps = Number(flags.steps)
const threads = Number(flags.threads)
const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1]
const gigaflops = (rate) => `${(rate / 1e9).toFixed(0)} GFLOP/s`
const percent = (share) => `${(100 * share).toFixed(0)} %`
const mebibytes = (bytes) => `${Math.round(bytes / 2 ** 20)} MiB`

/** A Llama folder with random weights, the adapter's first values, and tokens to train on. */
async function writeModel(folder, { hidden, layers, vocab, heads, keyValueHeads, inner, length }) {
  const raw = {
    model_type: 'llama',
    architectures: ['LlamaForCausalLM'],
    hidden_size: hidden,
    num_hidden_layers: layers,
    vocab_size: vocab,
    num_attention_heads: heads,
    num_key_value_heads: keyValueHeads,
    head_dim: hidden / heads,
    intermediate_size: inner,
    max_position_embeddings: 512,
    rms_norm_eps: 1e-5,
    rope_theta: 10000,
    hidden_act: 'silu',
    tie_word_embeddings: true,
    attention_bias: false,
    mlp_bias: false,
    bos_token_id: 1,
    eos_token_id: 2,
  }
  const random = new Random(1)
  const uniform = (shape, width) =>
    float32Tensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => (random.uniform() - 0.5) * width),
      shape,
    )
  const ones = (size) => float32Tensor(new Float32Array(size).fill(1), [size])
  const { architecture, config } = readArchitecture(folder, raw)
  const tensors = new Map([['model.embed_tokens.weight', uniform([vocab, hidden], 0.07)]])
  for (const { name, inputs, outputs } of architecture.modules(config))
    tensors.set(`${name}.weight`, uniform([outputs, inputs], 0.07))
  for (let layer = 0; layer < layers; layer++)
    for (const norm of ['input_layernorm', 'post_attention_layernorm'])
      tensors.set(`model.layers.${layer}.${norm}.weight`, ones(hidden))
  tensors.set('model.norm.weight', ones(hidden))
  const adapter = new Map(
    adapterLayout({ architecture, config }, { rank: 8, alpha: 16, targetModules: all }).parameters.map(
      ({ name, shape }) => [name, uniform(shape, 0.05)],
    ),
  )
  const tokens = Array.from({ length: 32 }, () => Array.from({ length }, () => Math.floor(random.uniform() * vocab)))
  await mkdir(folder)
  await writeFile(join(folder, 'config.json'), JSON.stringify(raw))
  await writeFile(join(folder, 'model.safetensors'), Buffer.concat(serializeSafetensors(tensors)))
  await writeFile(join(folder, 'adapter.safetensors'), Buffer.concat(serializeSafetensors(adapter)))
  await writeFile(join(folder, 'tokens.json'), JSON.stringify(tokens))
}

/** A process that answers each JSON line with one. */
function worker(command, args) {
  // Weights in 8 bits go into a cache of the bench's own.
  const env = { ...process.env, OPENLEDGER_CACHE: join(root, 'cache') }
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async ask(question) {
      child.stdin.write(`${JSON.stringify(question)}\n`)
      const { value, done } = await lines.next()
      if (done) throw new Error(`${command} ${args[0]} ended early`)
      return JSON.parse(value)
    },
    /** Over when the process is: its end takes a core, too. */
    close: () =>
      new Promise((/** @type {(code: number | null) => void} */ resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve(child.exitCode)
        child.on('close', resolve)
        child.stdin.end()
      }),
  }
}
const ours = (options) => worker(process.execPath, [here('trainOurs.js'), JSON.stringify(options)])
const torch = (options) => worker(flags.python, [here('trainTorch.py'), JSON.stringify(options)])

async function hasTorch() {
  const child = spawn(flags.python, ['-c', 'import torch, transformers, peft'], { stdio: 'ignore' })
  return new Promise((resolve) => child.on('error', () => resolve(false)).on('close', (code) => resolve(code === 0)))
}

/** Both sides in turn; medians, and of ratios the median of those of the pairs. */
async function compare(options, known, withTorch) {
  const sides = []
  const both = async (question) => {
    const answers = []
    for (const side of sides) answers.push(await side.ask(question))
    return answers
  }
  try {
    // One after the other: programs decide when they are compiled whether cores are free.
    const first = []
    for (const start of withTorch ? [ours, torch] : [ours]) {
      sides.push(start(options))
      first.push(await sides.at(-1).ask({ steps: 1 }))
    }
    await both({ steps: 1 })
    const pairs = []
    for (let round = 0; round < rounds; round++) pairs.push(await both({ steps }))
    const step = ({ seconds }) => median(seconds)
    const of = (side) => ({
      seconds: median(pairs.map((pair) => step(pair[side]))),
      cpu: median(pairs.map((pair) => pair[side].cpu)),
      peakBytes: pairs.at(-1)[side].peakBytes,
      idleBytes: first[side].idleBytes,
      loss: first[side].loss,
      norm: first[side].norm,
    })
    return {
      ours: of(0),
      ...(withTorch && {
        torch: of(1),
        faster: median(pairs.map(([a, b]) => step(b) / step(a))),
        fasterCpu: median(pairs.map(([a, b]) => b.cpu / a.cpu)),
      }),
      ...(await sides[0].ask({ known })),
    }
  } finally {
    await Promise.all(sides.map((side) => side.close()))
  }
}

const root = await mkdtemp(join(tmpdir(), 'openledger-bench-'))
try {
  const withTorch = await hasTorch()
  console.log(
    `${cpus()[0].model}, ${threads} threads of ${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)}`,
  )
  if (!withTorch) console.log(`skipped: the comparison, since ${flags.python} has no torch, transformers and peft`)
  for (const name of flags.shapes.split(',')) {
    const shape = shapes[name]
    const { hidden, layers, vocab, batch, length } = shape
    console.log(`\nhidden ${hidden}, ${layers} layers, vocabulary ${vocab}, ${batch} x ${length} tokens`)
    const folder = join(root, name)
    await writeModel(folder, shape)
    const milliseconds = ({ seconds, cpu }) => `${(1e3 * seconds).toFixed(0)} ms (${(1e3 * cpu).toFixed(0)} ms)`
    const describe = (side) =>
      `${Math.round((batch * length) / side.seconds)} tokens/s, ${milliseconds(side)} a step, at most ${mebibytes(side.peakBytes)}, ${mebibytes(side.idleBytes)} of it before the model`
    let known = {}
    for (const [label, labelled, targets, compute = 'float32', dtype = 'float32'] of [
      ['all tokens labelled, the measure', 1, all],
      ['the last quarter labelled', 0.25, all],
      ['all labelled, the last layer adapted', 1, `model\\.layers\\.${layers - 1}\\..*`],
      ['all labelled, --compute int8', 1, all, 'int8'],
      ...(name === '576x12' ? [['all labelled, --compute int8 against bfloat16', 1, all, 'int8', 'bfloat16']] : []),
    ]) {
      const options = { folder, targets, labelled, batch, threads, compute, dtype }
      const result = await compare(options, known, withTorch && targets === all)
      known = result.seconds
      console.log(`  ${label}`)
      console.log(`    ours     ${describe(result.ours)}`)
      if (result.torch) {
        const apart = Math.abs(result.ours.loss / result.torch.loss - 1)
        console.log(`    PyTorch  ${describe(result.torch)}`)
        console.log(
          `    ours is ${result.faster.toFixed(2)} (${result.fasterCpu.toFixed(2)}) times as fast; the losses are ${apart.toExponential(0)} apart`,
        )
      }
      const { cost, ours } = result
      const inFloat = cost.products.filter(({ operation }) => operation.op !== 'MatMulIntegerToFloat')
      // The time of small ones is too short to tell.
      const largest = Math.max(...inFloat.map(({ operations }) => operations))
      const large = inFloat.filter(({ operations }) => operations >= largest / 2)
      const fastest = Math.max(...large.map(({ operations, seconds }) => operations / seconds))
      const apart = cost.products.reduce((sum, { count, seconds }) => sum + count * seconds, 0)
      const rate = cost.productOperations / ours.seconds
      const share = (seconds) => `${percent(seconds / ours.seconds)} (${percent((seconds * threads) / ours.cpu)})`
      const paper = cost.weightBytes + cost.activationBytes
      const times = (bytes) => `${(bytes / paper).toFixed(2)} times`
      console.log(
        `    products alone, each at the best of its own size: ${(1e3 * apart).toFixed(0)} ms, ${share(apart)} of the step`,
      )
      if (inFloat.length === cost.products.length)
        console.log(
          `    products at the rate of the fastest size: ${gigaflops(rate)} of ${gigaflops(fastest)}, ${share(cost.productOperations / fastest)} of the step`,
        )
      console.log(
        `    weights ${mebibytes(cost.weightBytes)} and activations ${mebibytes(cost.activationBytes)} on paper: ${times(ours.peakBytes)} that in memory, ${times(ours.peakBytes - ours.idleBytes)} without Node.js and ONNX Runtime`,
      )
    }
    await rm(folder, { recursive: true })
  }
} finally {
  await rm(root, { recursive: true, force: true })
}
