import { describe, expect, test } from '@jest/globals'
import { readArchitecture } from '../../src/models/architectures/architectures.js'
import { rotaryTables } from '../../src/models/layers/rope.js'
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
    activation: 'silu',
    biases: { queryKeyValue: false, output: false, mlp: false },
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
    ['hidden_act', { hidden_act: 'relu6' }],
    ['hidden_act', { hidden_act: 'constructor' }],
    ['rope_scaling', { rope_scaling: { rope_type: 'yarn', factor: 0 } }],
    ['rope_scaling', { rope_scaling: { rope_type: 'proportional', factor: 4 } }],
    ['rope_scaling', { rope_scaling: { type: 'su', short_factor: [1], long_factor: [1, 1, 1, 1] } }],
    ['rope_scaling', { model_type: 'phi3', rope_scaling: { type: 'yarn', factor: 4 } }],
    ['rope_scaling', { rope_scaling: { type: 'dynamic' } }],
    ['sliding_window', { sliding_window: 16 }],
    ['layer_types', { layer_types: ['sliding_attention'] }],
    ['final_logit_softcapping', { final_logit_softcapping: 30 }],
    ['no_rope_layers', { no_rope_layers: [0] }],
    ['layer_types', { model_type: 'qwen2', layer_types: ['sliding_attention'] }],
    ['layer_types', { model_type: 'qwen2', layer_types: ['linear_attention'] }],
    ['layer_types', { model_type: 'qwen2', layer_types: ['full_attention', 'full_attention'] }],
    ['no_rope_layers', { model_type: 'smollm3', no_rope_layers: [] }],
    ['use_bidirectional_attention', { model_type: 'gemma3_text', head_dim: 8, use_bidirectional_attention: true }],
    ['rope_scaling', { rope_parameters: { rope_type: 'llama3', factor: 8 } }],
    ['rope_theta', { rope_parameters: { rope_theta: -1 } }],
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

describe('which layers see a window of tokens only', () => {
  const windows = (changes: Readonly<Record<string, unknown>>) =>
    parse({ num_hidden_layers: 4, num_attention_heads: 4, num_key_value_heads: 2, head_dim: 8, ...changes }).windows

  test.each<[Record<string, unknown>, (number | undefined)[]]>([
    [{ model_type: 'mistral', sliding_window: 5 }, [5, 5, 5, 5]],
    [{ model_type: 'mistral' }, [4096, 4096, 4096, 4096]],
    [{ model_type: 'mistral', sliding_window: null }, [undefined, undefined, undefined, undefined]],
    [{ model_type: 'qwen2', sliding_window: 5, max_window_layers: 2 }, [undefined, undefined, undefined, undefined]],
    [
      { model_type: 'qwen2', sliding_window: 5, use_sliding_window: true, max_window_layers: 3 },
      [undefined, undefined, undefined, 5],
    ],
    [
      {
        model_type: 'qwen3',
        sliding_window: 5,
        use_sliding_window: true,
        layer_types: ['sliding_attention', 'full_attention', 'full_attention', 'sliding_attention'],
      },
      [5, undefined, undefined, 5],
    ],
    [{ model_type: 'gemma3_text', sliding_window: 7, sliding_window_pattern: 3 }, [7, 7, undefined, 7]],
    [
      { model_type: 'smollm3', use_sliding_window: true, sliding_window: 9, no_rope_layers: [1, 0, 1, 0] },
      [undefined, 9, undefined, 9],
    ],
    [{ model_type: 'phi3', sliding_window: 3 }, [3, 3, 3, 3]],
  ])('%j', (changes, expected) => {
    expect(windows(changes)).toEqual(expected)
  })
})

describe('Gemma 3’s two kinds of positions, in the form of either year', () => {
  const gemma = { model_type: 'gemma3_text', head_dim: 8 }
  const linear = { rope_type: 'linear', factor: 8 }

  test.each<[Record<string, unknown>, unknown, unknown]>([
    [{}, { theta: 1_000_000 }, { theta: 10_000 }],
    [
      { rope_theta: 5, rope_local_base_freq: 6, rope_scaling: linear },
      { theta: 5, scaling: linear },
      { theta: 6, scaling: { rope_type: 'default' } },
    ],
    [
      {
        rope_parameters: {
          full_attention: { ...linear, rope_theta: 5 },
          sliding_attention: { rope_type: 'default', rope_theta: 6 },
        },
      },
      { theta: 5, scaling: linear },
      { theta: 6, scaling: { rope_type: 'default' } },
    ],
  ])('%j', (changes, rope, localRope) => {
    expect(parse({ ...gemma, ...changes })).toMatchObject({ rope, localRope })
  })
})
