import { causalMask, rmsNorm, rotary, scale, silu } from '../onnx/composites.js'
import { add, constant, gather, gemm, matMul, mul, reshape, softmax, transpose } from '../onnx/primitives.js'
import type { Value } from '../onnx/Value.js'
import type { LlamaConfig } from './config.js'
import { rotaryTables } from './rope.js'

/** A frozen tensor of the checkpoint, by its name there. */
export type Weights = (name: string, shape: readonly number[]) => Value

/** A linear layer's place in the model, named as its module in the checkpoint: `model.layers.0.self_attn.q_proj`. */
export interface LinearModule {
  readonly name: string
  readonly inputs: number
  readonly outputs: number
  readonly bias: boolean
}

/** Applies a linear layer: x [rows, inputs] -> [rows, outputs]. An adapter replaces this to add its own path. */
export type Linear = (x: Value, module: LinearModule) => Value

/** The linear layer of the checkpoint itself: x W^T (+ b). */
export const frozenLinear =
  (weights: Weights): Linear =>
  (x, { name, inputs, outputs, bias }) => {
    const w = weights(`${name}.weight`, [outputs, inputs])
    return gemm(x, w, { transB: true, ...(bias && { plus: weights(`${name}.bias`, [outputs]) }) })
  }

/** The linear layers of one decoder layer, in the order in which the forward pass meets them. */
export function llamaModules(config: LlamaConfig): LinearModule[] {
  const { hiddenSize: hidden, intermediateSize: inner, heads, keyValueHeads, headSize } = config
  return Array.from({ length: config.layers }, (_, layer) => {
    const at = (name: string, inputs: number, outputs: number, bias: boolean): LinearModule => ({
      name: `model.layers.${layer}.${name}`,
      inputs,
      outputs,
      bias,
    })
    return [
      at('self_attn.q_proj', hidden, heads * headSize, config.attentionBias),
      at('self_attn.k_proj', hidden, keyValueHeads * headSize, config.attentionBias),
      at('self_attn.v_proj', hidden, keyValueHeads * headSize, config.attentionBias),
      at('self_attn.o_proj', heads * headSize, hidden, config.attentionBias),
      at('mlp.gate_proj', hidden, inner, config.mlpBias),
      at('mlp.up_proj', hidden, inner, config.mlpBias),
      at('mlp.down_proj', inner, hidden, config.mlpBias),
    ]
  }).flat()
}

/**
 * The decoder of Llama (Touvron et al. 2023, https://arxiv.org/abs/2302.13971) up to its last normalisation.
 * Sequences are padded on the right: with a causal mask no token ever attends to padding, so ids alone decide nothing.
 *
 * @param ids int32 [batch * length], sequences one after the other
 * @returns hidden states [batch * length, hiddenSize]
 */
export function llamaHidden(
  config: LlamaConfig,
  weights: Weights,
  linear: Linear,
  ids: Value,
  { batch: B, length: T }: { readonly batch: number; readonly length: number },
): Value {
  const { hiddenSize, heads: H, keyValueHeads: K, headSize: D, normEpsilon } = config
  const tables = rotaryTables(D, T, config.ropeTheta, config.ropeScaling)
  const cos = constant(tables.cos, [T, D])
  const sin = constant(tables.sin, [T, D])
  const mask = causalMask(T)
  const modules = llamaModules(config)
  const norm = (x: Value, name: string): Value => rmsNorm(x, weights(name, [hiddenSize]), normEpsilon)
  const toHeads = (x: Value, n: number): Value => transpose(reshape(x, [B, T, n, D]), [0, 2, 1, 3]) // [B, n, T, D]

  let x = gather(embedding(config, weights), ids) // [B*T, hidden]
  for (let layer = 0; layer < config.layers; layer++) {
    const [q, k, v, o, gate, up, down] = modules.slice(layer * 7, layer * 7 + 7) as LinearModuleTuple
    const prefix = `model.layers.${layer}`

    const a = norm(x, `${prefix}.input_layernorm.weight`)
    const query = rotary(toHeads(linear(a, q), H), cos, sin)
    const key = rotary(toHeads(linear(a, k), K), cos, sin)
    const value = toHeads(linear(a, v), K)
    // Grouped queries: the H / K heads that share a key are rows of one product, so keys are never repeated.
    const grouped = reshape(query, [B, K, (H / K) * T, D])
    const scores = reshape(scale(matMul(grouped, transpose(key, [0, 1, 3, 2])), D ** -0.5), [B, H, T, T])
    const attention = reshape(softmax(add(scores, mask)), [B, K, (H / K) * T, T])
    const mixed = transpose(reshape(matMul(attention, value), [B, H, T, D]), [0, 2, 1, 3])
    x = add(x, linear(reshape(mixed, [B * T, H * D]), o))

    const m = norm(x, `${prefix}.post_attention_layernorm.weight`)
    x = add(x, linear(mul(silu(linear(m, gate)), linear(m, up)), down))
  }
  return norm(x, 'model.norm.weight')
}

/** Logits of the next token for chosen hidden states: [rows, hiddenSize] -> [rows, vocabSize]. */
export function llamaLogits(config: LlamaConfig, weights: Weights, hidden: Value): Value {
  const head = config.tiedEmbeddings
    ? embedding(config, weights)
    : weights('lm_head.weight', [config.vocabSize, config.hiddenSize])
  return gemm(hidden, head, { transB: true })
}

type LinearModuleTuple = [
  LinearModule,
  LinearModule,
  LinearModule,
  LinearModule,
  LinearModule,
  LinearModule,
  LinearModule,
]

const embedding = ({ vocabSize, hiddenSize }: LlamaConfig, weights: Weights): Value =>
  weights('model.embed_tokens.weight', [vocabSize, hiddenSize])
