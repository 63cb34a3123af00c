// Tokens per second of greedy generation with keys and values kept, by the length of the text before, against the whole text
// computed again for each token, and against transformers' generate where Python has torch: node bench/generate.js [model folder]
import { spawnSync } from 'node:child_process'
import { performance } from 'node:perf_hooks'
import { openBaseModel } from '../dist/models/base/BaseModel.js'
import { bundledBase } from '../dist/models/base/bundledBase.js'
import { causalContext } from '../dist/models/layers/causalContext.js'
import { frozenLayers } from '../dist/models/layers/Linear.js'
import { Generator } from '../dist/models/run/generate.js'
import { gather } from '../dist/onnx/graph/primitives/indexing.js'
import { input } from '../dist/onnx/graph/primitives/inputs.js'
import { Program } from '../dist/onnx/runtime/Program.js'

const folder = process.argv[2] ?? bundledBase
const base = await openBaseModel(folder)
const { architecture, config, weights } = base
const steps = 32
const lengths = [64, 128, 256, 512, 1024, 2048].filter((length) => length + steps < config.maximumLength)
const promptOf = (length) => Array.from({ length }, (_, i) => 3 + ((i * 7919) % (config.vocabSize - 3)))

console.log(`${folder}: tokens/s after so many tokens, ${steps} tokens each`)
console.log('before  kept  again  transformers')
const generator = new Generator(base, undefined)
for (const length of lengths) {
  const prompt = promptOf(length)
  // Programs are compiled in a run of their own.
  await generator.generate(prompt, { maximumTokens: 4, stopTokens: [] })
  const times = []
  await generator.generate(prompt, {
    maximumTokens: steps + 1,
    stopTokens: [],
    onToken: () => times.push(performance.now()),
  })
  const kept = (1000 * (times.length - 1)) / (times.at(-1) - times[0])

  const width = length + steps
  const layers = frozenLayers(weights)
  const hidden = architecture.hidden(config, weights, layers, causalContext({ batch: 1, length: width }))
  const logits = architecture.logits(config, layers, gather(hidden, input('last', 'int64', [1])))
  const program = await Program.compile({ logits })
  const ids = new Int32Array(width)
  ids.set(prompt)
  const feeds = { ids, last: BigInt64Array.of(BigInt(length - 1)) }
  await program.run(feeds)
  const started = performance.now()
  const repeats = 4
  for (let i = 0; i < repeats; i++) await program.run(feeds)
  const again = (1000 * repeats) / (performance.now() - started)
  await program.dispose()
  console.log([String(length).padStart(6), kept.toFixed(1), again.toFixed(1), transformers(length)].join('  '))
}
await generator.dispose()

function transformers(length) {
  const script = `
import sys, time, torch
from transformers import AutoModelForCausalLM
model = AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype=torch.float32).eval()
ids = torch.tensor([[${promptOf(length).join(',')}]])
stamps = []
class Clock:
    def put(self, _): stamps.append(time.perf_counter())
    def end(self): pass
for new in (2, ${steps + 1}):
    stamps.clear()
    model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=new, min_new_tokens=new, do_sample=False, streamer=Clock(), pad_token_id=0)
print(round((len(stamps) - 2) / (stamps[-1] - stamps[1]), 1))`
  const { status, stdout } = spawnSync('python3', ['-c', script, folder], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : 'none: Python has no torch and transformers'
}
