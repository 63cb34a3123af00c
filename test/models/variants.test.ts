import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { readJson } from '../../src/files/readText.js'
import { readArchitecture } from '../../src/models/architectures/architectures.js'
import { causalContext } from '../../src/models/layers/causalContext.js'
import { frozenLayers } from '../../src/models/layers/Linear.js'
import { openSafetensors, readFloat32 } from '../../src/models/weights/safetensors.js'
import { openWeights } from '../../src/models/weights/weights.js'
import { Program } from '../../src/onnx/runtime/Program.js'
import { relativeError } from '../fixtures/reference/reference.js'

const variants = 'test/fixtures/variants'
const names = (await readdir(variants, { withFileTypes: true })).filter((entry) => entry.isDirectory())

describe('options of config.json, in the form of either year, compute transformers’ logits', () => {
  test.each(names.map(({ name }) => name))('%s', async (name) => {
    const folder = join(variants, name)
    const { architecture, config } = readArchitecture(folder, await readJson(join(folder, 'config.json')))
    const weights = await openWeights(folder)
    const expected = await openSafetensors(join(folder, 'logits.safetensors'))
    const ids = Int32Array.from(await readFloat32(expected, 'ids'))
    const layers = frozenLayers(weights)
    const hidden = architecture.hidden(config, weights, layers, causalContext({ batch: 1, length: ids.length }))
    const program = await Program.compile({ logits: architecture.logits(config, layers, hidden) })
    const { logits } = await program.run({ ids })
    await program.dispose()
    expect(relativeError(logits, await readFloat32(expected, 'logits'))).toBeLessThan(1e-5)
  })
})
