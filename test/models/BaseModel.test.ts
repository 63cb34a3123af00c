import { readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { openBaseModel } from '../../src/models/base/BaseModel.js'
import { endTokensOf } from '../../src/models/data/example.js'
import { inspectModel } from '../../src/models/run/inspectModel.js'
import { float32Tensor, serializeSafetensors, type TensorData } from '../../src/models/weights/safetensors.js'
import { temporaryFolder, tinyConfig, writeTinyModel } from './tinyModel.js'

const folder = temporaryFolder()
const embedding = 'model.embed_tokens.weight'

describe('the hash covers everything that decides what the model reads and computes', () => {
  test.each(['config.json', 'tokenizer.json', 'tokenizer_config.json', 'chat_template.jinja', 'model.safetensors'])(
    '%s',
    async (name) => {
      await writeTinyModel(folder)
      const { hash } = await openBaseModel(folder)
      expect((await openBaseModel(folder)).hash).toBe(hash)
      if (name === 'model.safetensors') {
        const bytes = await readFile(join(folder, name))
        bytes.writeUInt8(bytes.readUInt8(bytes.length - 4) ^ 1, bytes.length - 4)
        await writeFile(join(folder, name), bytes)
      } else await writeFile(join(folder, name), `${await readFile(join(folder, name), 'utf8')} `)
      expect((await openBaseModel(folder)).hash).not.toBe(hash)
    },
  )
})

describe('a folder that is no model', () => {
  test('nothing there, or no weights', async () => {
    await expect(openBaseModel(join(folder, 'none'))).rejects.toMatchObject({ code: 'OL1302', exitCode: 2 })
    await writeTinyModel(folder)
    await rm(join(folder, 'model.safetensors'))
    await expect(openBaseModel(folder)).rejects.toMatchObject({ code: 'OL1302' })
  })

  test.each<[string, Record<string, unknown>, string]>([
    ['fewer tokens than the tokenizer has', { vocab_size: 2047 }, 'OL1306'],
    ['another width', { hidden_size: 32 }, 'OL1305'],
    ['more layers than there are tensors', { num_hidden_layers: 3 }, 'OL1301'],
    ['more layers than any model has', { num_hidden_layers: 1e9 }, 'OL1302'],
  ])('config.json with %s', async (_, config, code) => {
    await writeTinyModel(folder)
    const path = join(folder, 'config.json')
    await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...config }))
    await expect(openBaseModel(folder)).rejects.toMatchObject({ code })
  })

  test.each([0, 7, 100, 5000])('weights cut off after %i bytes', async (size) => {
    await writeTinyModel(folder)
    await truncate(join(folder, 'model.safetensors'), size)
    await expect(openBaseModel(folder)).rejects.toMatchObject({ code: 'OL1300' })
  })
})

describe('quantized weights of other tools are refused by name, with what to use instead', () => {
  test.each([
    [{ quant_method: 'fp8', activation_scheme: 'dynamic' }, 'fp8'],
    [{ quant_method: 'gptq', bits: 4 }, 'gptq, 4 bits'],
    [{ quant_method: 'awq', bits: 4 }, 'awq, 4 bits'],
    [{ quant_method: 'bitsandbytes', load_in_8bit: false, load_in_4bit: true }, 'bitsandbytes, 4 bits'],
  ])('%j', async (quantization_config, method) => {
    const model = await writeTinyModel(join(folder, 'quantized'))
    await writeFile(join(model, 'config.json'), JSON.stringify({ ...tinyConfig, quantization_config }))
    const refusal = { code: 'OL1318', details: { method }, hint: expect.stringContaining('float16 or bfloat16') }
    await expect(openBaseModel(model)).rejects.toMatchObject(refusal)
    await expect(inspectModel({ path: model })).rejects.toMatchObject(refusal)
  })

  test('float8 that no configuration tells of', async () => {
    const model = await writeTinyModel(join(folder, 'float8'), {
      change: (tensors) => {
        const { shape, data } = tensors.get(embedding) as TensorData
        const bytes = new Uint8Array(data.length / 4)
        tensors.set(embedding, { dtype: 'U8', shape, data: bytes })
      },
    })
    const path = join(model, 'model.safetensors')
    const file = await readFile(path)
    const at = file.indexOf('"dtype":"U8"')
    // The header keeps its length: spaces at its end make room for the longer name.
    const length = Number(file.readBigUInt64LE())
    const header = file
      .toString('latin1', 8, 8 + length)
      .replace('"dtype":"U8"', '"dtype":"F8_E4M3"')
      .trimEnd()
    expect(at).toBeGreaterThan(0)
    const padded = Buffer.from(header.padEnd(Math.ceil(header.length / 8) * 8), 'latin1')
    const size = Buffer.alloc(8)
    size.writeBigUInt64LE(BigInt(padded.length))
    await writeFile(path, Buffer.concat([size, padded, file.subarray(8 + length)]))
    await expect(openBaseModel(model)).rejects.toMatchObject({ code: 'OL1318', details: { method: 'F8_E4M3' } })
  })
})

describe('generation_config.json', () => {
  test.each([
    ['{"eos_token_id":5}', [2, 5]],
    ['{"eos_token_id":[5,2,7]}', [2, 5, 7]],
    ['{"temperature":0.6}', [2]],
    ['{"eos_token_id":null}', [2]],
  ])('%s ends answers besides config.json, and changes no hash', async (text, ends) => {
    const model = await writeTinyModel(join(folder, 'generation'))
    await rm(join(model, 'generation_config.json'), { force: true })
    const { hash } = await openBaseModel(model)
    await writeFile(join(model, 'generation_config.json'), text)
    const base = await openBaseModel(model)
    expect([[...endTokensOf(base)], base.hash]).toEqual([ends, hash])
    expect(await inspectModel({ path: model })).toMatchObject({ tokenizer: { endTokens: ends } })
  })

  test.each([
    ['{"eos_token_id":', 'generation_config.json'],
    ['[]', 'generation_config.json'],
    ['{"eos_token_id":"</s>"}', 'generation_config.json, eos_token_id'],
  ])('%s is refused by its name', async (text, named) => {
    const model = await writeTinyModel(join(folder, 'generation'))
    await writeFile(join(model, 'generation_config.json'), text)
    const reason = expect.stringContaining(named)
    await expect(openBaseModel(model)).rejects.toMatchObject({ code: 'OL1302', details: { reason } })
  })
})

describe('shards with an index', () => {
  const shards = async (map: (name: string) => string): Promise<void> => {
    const files = new Map<string, Map<string, TensorData>>()
    await writeTinyModel(folder, {
      change(tensors) {
        for (const [name, tensor] of tensors) {
          const file = name === embedding ? 'a.safetensors' : 'b.safetensors'
          files.set(file, (files.get(file) ?? new Map()).set(name, tensor))
        }
      },
    })
    await rm(join(folder, 'model.safetensors'))
    for (const [file, tensors] of files)
      await writeFile(join(folder, file), Buffer.concat(serializeSafetensors(tensors)))
    const names = [...files.values()].flatMap((tensors) => [...tensors.keys()])
    const weight_map = Object.fromEntries(names.map((name) => [name, map(name)]))
    await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map }))
  }

  test('open as one model', async () => {
    await shards((name) => (name === embedding ? 'a.safetensors' : 'b.safetensors'))
    const { weights } = await openBaseModel(folder)
    expect(weights('model.norm.weight', [16]).shape).toEqual([16])
  })

  test.each(['c.safetensors', '../outside.safetensors'])('one of them is %s', async (shard) => {
    await shards(() => shard)
    await expect(openBaseModel(folder)).rejects.toMatchObject({ code: 'OL1302' })
  })
})

test('half precision weights that are NaN are refused while they are widened', async () => {
  const change = (tensors: Map<string, TensorData>): void => {
    const bits = new Uint16Array(16).fill(0x3c00)
    bits[3] = 0x7e00
    tensors.set('model.norm.weight', { dtype: 'F16', shape: [16], data: new Uint8Array(bits.buffer) })
    tensors.set('model.unused', float32Tensor(Float32Array.of(1), [1]))
  }
  await writeTinyModel(join(folder, 'half'), { change })
  await expect(openBaseModel(join(folder, 'half'))).rejects.toMatchObject({
    code: 'OL1314',
    details: { name: 'model.norm.weight' },
  })
})
