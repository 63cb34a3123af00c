import { describe, expect, test } from '@jest/globals'
import { readArchitecture } from '../../src/models/architectures.js'
import { rotaryTables } from '../../src/models/rope.js'
import { tinyConfig } from './tinyModel.js'

const parse = (changes: Readonly<Record<string, unknown>> = {}) =>
  readArchitecture('folder', { ...tinyConfig, ...changes }).config
const llama3 = {
  factor: 8,
  low_freq_factor: 1,
  high_freq_factor: 4,
  original_max_position_embeddings: 8192,
}

test('reads what the forward pass depends on, with the defaults of transformers', () => {
  expect(parse({ num_key_value_heads: undefined, eos_token_id: [2, 5] })).toEqual({
    vocabSize: 2048,
    hiddenSize: 16,
    intermediateSize: 32,
    layers: 1,
    heads: 2,
    keyValueHeads: 2,
    headSize: 8,
    maximumLength: 64,
    normEpsilon: 1e-5,
    windows: [undefined],
    rope: { size: 8, theta: 10_000, scaling: { rope_type: 'default' } },
    attentionBias: false,
    mlpBias: false,
    tiedEmbeddings: true,
    beginToken: 1,
    endTokens: [2, 5],
  })
})

describe('rotary positions, in the form of either year', () => {
  test.each([
    [{ rope_theta: 500_000 }, 500_000, { rope_type: 'default' }],
    [{ rope_parameters: { rope_type: 'default', rope_theta: 500_000 } }, 500_000, { rope_type: 'default' }],
    [{ rope_scaling: { type: 'linear', factor: 2 } }, 10_000, { rope_type: 'linear', factor: 2 }],
    [{ rope_theta: 5, rope_scaling: { rope_type: 'llama3', ...llama3 } }, 5, { rope_type: 'llama3', ...llama3 }],
    [{ rope_parameters: { rope_type: 'llama3', rope_theta: 5, ...llama3 } }, 5, { rope_type: 'llama3', ...llama3 }],
  ])('%j', (changes, theta, scaling) => {
    expect(parse(changes)).toMatchObject({ rope: { size: 8, theta, scaling: expect.objectContaining(scaling) } })
  })

  test('linear scaling turns at the position divided by the factor', () => {
    const plain = rotaryTables({ size: 8, theta: 10_000, scaling: { rope_type: 'default' } }, 8)
    const scaled = rotaryTables({ size: 8, theta: 10_000, scaling: { rope_type: 'linear', factor: 2 } }, 15)
    for (let t = 0; t < 8; t++)
      for (let i = 0; i < 8; i++) expect(scaled.cos[2 * t * 8 + i]).toBeCloseTo(plain.cos[t * 8 + i] as number, 6)
  })
})

describe('what would change the numbers is refused, never ignored', () => {
  test.each([
    ['hidden_act', { hidden_act: 'gelu' }],
    ['quantization_config', { quantization_config: { quant_method: 'gptq' } }],
    ['rope_scaling', { rope_scaling: { rope_type: 'yarn', factor: 4 } }],
    ['rope_scaling', { rope_scaling: { type: 'dynamic', factor: 4 } }],
    ['rope_scaling', { rope_parameters: { rope_type: 'llama3', factor: 8 } }],
    ['partial_rotary_factor', { partial_rotary_factor: 0.5 }],
    ['partial_rotary_factor', { rope_parameters: { rope_type: 'default', partial_rotary_factor: 0.25 } }],
    ['num_key_value_heads', { num_attention_heads: 4, num_key_value_heads: 3 }],
    ['head_dim', { hidden_size: 18, num_attention_heads: 4, num_key_value_heads: 4 }],
    ['head_dim', { head_dim: 5 }],
  ])('%s: %j', (field, changes) => {
    expect(() => parse(changes)).toThrow(
      expect.objectContaining({ code: 'OL1304', details: expect.objectContaining({ field }) }),
    )
  })

  test.each(['mamba', 't5', 'constructor'])('the architecture %s', (model_type) => {
    expect(() => parse({ model_type })).toThrow(expect.objectContaining({ code: 'OL1303' }))
  })

  test.each([
    ['no model_type', { model_type: undefined }, 'model_type'],
    ['no layers', { num_hidden_layers: 0 }, 'num_hidden_layers'],
    ['half a head', { num_attention_heads: 2.5 }, 'num_attention_heads'],
    ['a text for a number', { vocab_size: '2048' }, 'vocab_size'],
    ['no epsilon', { rms_norm_eps: undefined }, 'rms_norm_eps'],
  ])('%s', (_, changes, field) => {
    expect(() => parse(changes)).toThrow(
      expect.objectContaining({
        code: 'OL1302',
        details: expect.objectContaining({ reason: expect.stringContaining(field) }),
      }),
    )
  })

  test.each([null, [], 'llama', 3])('config.json that is %j', (raw) => {
    expect(() => readArchitecture('folder', raw)).toThrow(expect.objectContaining({ code: 'OL1302' }))
  })
})
