import { expect, test } from '@jest/globals'
import type { Network } from '../../src/models/architectures/Network.js'
import { causalContext } from '../../src/models/layers/causalContext.js'
import type { ForwardContext } from '../../src/models/layers/ForwardContext.js'
import { frozenLayers } from '../../src/models/layers/Linear.js'
import { packedContext } from '../../src/models/layers/packedContext.js'
import { cachedContext, cachedFeeds } from '../../src/models/run/cachedContext.js'
import type { Value } from '../../src/onnx/graph/Value.js'
import { type Feeds, Program } from '../../src/onnx/runtime/Program.js'
import { openReference, type Reference, relativeError } from '../fixtures/reference/reference.js'

const sequencesOf = ({ examples }: Reference): [number[], number[], number[]] =>
  examples.map(({ ids }) => [...ids]) as [number[], number[], number[]]

function logitsOf({ architecture, config, weights }: Network, context: ForwardContext): Value {
  const layers = frozenLayers(weights)
  return architecture.logits(config, layers, architecture.hidden(config, weights, layers, context))
}

/** The rows of logits of one sequence by itself. */
async function alone(network: Network, ids: readonly number[]): Promise<Float32Array> {
  const program = await Program.compile({ logits: logitsOf(network, causalContext({ batch: 1, length: ids.length })) })
  const { logits } = await program.run({ ids: Int32Array.from(ids) })
  await program.dispose()
  return logits
}

// GPT-2 looks positions up in a table, Gemma 3 has windows and two kinds of rotary positions.
const models = ['llama', 'gpt2', 'gemma3'] as const

test.each(models)('documents of one row of %s compute what each does by itself', async (name) => {
  const reference = await openReference(name)
  const { network } = reference
  const [first, second, third] = sequencesOf(reference)
  const width = 40
  const rows = [[first, second], [third]]
  const ids = new Int32Array(2 * width)
  const tokenPositions = new Int32Array(2 * width)
  const segments = new Float32Array(2 * width).fill(9)
  for (const [r, row] of rows.entries()) {
    let at = r * width
    for (const [d, document] of row.entries()) {
      ids.set(document, at)
      segments.fill(d, at, at + document.length)
      for (let t = 0; t < document.length; t++) tokenPositions[at + t] = t
      at += document.length
    }
  }
  const program = await Program.compile({ logits: logitsOf(network, packedContext({ batch: 2, length: width })) })
  const { logits } = await program.run({ ids, tokenPositions, segments })
  const { vocabSize } = network.config
  const part = (start: number, count: number): Float32Array =>
    logits.subarray(start * vocabSize, (start + count) * vocabSize)
  expect(relativeError(part(0, first.length), await alone(network, first))).toBeLessThan(1e-5)
  expect(relativeError(part(first.length, second.length), await alone(network, second))).toBeLessThan(1e-5)
  expect(relativeError(part(width, third.length), await alone(network, third))).toBeLessThan(1e-5)
})

test.each(models)(
  'a sequence of %s continued from kept keys and values computes what the whole one does',
  async (name) => {
    const reference = await openReference(name)
    const { network } = reference
    const { config } = network
    const [first, second] = sequencesOf(reference)
    // Two sequences at once, of 8 and 11 known tokens; then 3 new ones of each, in programs with more room than needed.
    const known = [first.slice(0, 8), second.slice(0, 11)]
    const [prompt, step] = [
      { batch: 2, length: 12, capacity: 0 },
      { batch: 2, length: 4, capacity: 16 },
    ]
    const prefill = cachedContext(prompt)
    const read = await Program.compile<string>({ logits: logitsOf(network, prefill), ...prefill.newKeysAndValues })
    const results = await read.run(cachedFeeds(config, prompt, known, [0, 0]))
    const past: Record<string, Float32Array> = {}
    const [K, D] = [config.keyValueHeads, config.headSize]
    for (const name of Object.keys(prefill.newKeysAndValues)) {
      const kept = new Float32Array(2 * K * step.capacity * D).fill(7)
      for (let head = 0; head < 2 * K; head++) {
        const from = (results[name] as Float32Array).subarray(head * prompt.length * D, (head + 1) * prompt.length * D)
        kept.set(from, head * step.capacity * D)
      }
      past[`past.${name}`] = kept
    }
    const decode = cachedContext(step)
    const add = await Program.compile<string>({ logits: logitsOf(network, decode), ...decode.newKeysAndValues })
    const added = [first.slice(8, 11), second.slice(11, 14)]
    const feeds: Feeds = { ...cachedFeeds(config, step, added, [8, 11]), ...past }
    const { logits } = (await add.run(feeds)) as { logits: Float32Array }
    for (const [row, [ids, before]] of (
      [
        [first, 8],
        [second, 11],
      ] as const
    ).entries()) {
      const whole = await alone(network, ids.slice(0, before + 3))
      const width = config.vocabSize
      const ours = logits.subarray(row * step.length * width, (row * step.length + 3) * width)
      expect(relativeError(ours, whole.subarray(before * width))).toBeLessThan(1e-5)
    }
  },
)
