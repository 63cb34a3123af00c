import { z } from 'zod'
import { rmsNorm } from '../../onnx/graph/composites.js'
import { add, mul } from '../../onnx/graph/primitives/elementwise.js'
import type { Value } from '../../onnx/graph/Value.js'
import { type Activation, activate, parseActivation } from '../layers/activations.js'
import { joinHeads, splitHeads } from '../layers/attention.js'
import { decoderConfig, decoderFields, type Unsupported } from '../layers/config.js'
import { embeddingAndHead } from '../layers/embeddingAndHead.js'
import { embed, type ForwardContext } from '../layers/ForwardContext.js'
import { everyLayer, type Layers, type LinearModule, type Weights } from '../layers/Linear.js'
import type { ModelConfig } from '../layers/ModelConfig.js'
import type { Rope } from '../layers/ropeConfig.js'
import { parseRope, ropeFields } from '../layers/ropeConfig.js'

/** The padding token: transformers freezes its embedding. */
export const paddingField = z.number().int().nullish()

/** The fields of config.json that Llama's descendants share. */
export const gatedFields = {
  ...decoderFields,
  ...ropeFields,
  rms_norm_eps: z.number().positive(),
  hidden_act: z.string().default('silu'),
  pad_token_id: paddingField,
}

/** The options that the forward pass of Llama's descendants depends on. */
export interface GatedConfig extends ModelConfig {
  readonly intermediateSize: number
  readonly normEpsilon: number
  readonly activation: Activation
  readonly rope: Rope
  /** Which linear layers have a bias. */
  readonly biases: { readonly queryKeyValue: boolean; readonly output: boolean; readonly mlp: boolean }
}

const schema = z.object(gatedFields)

/** Checks {@link gatedFields} and names them; no linear layer has a bias, unless the architecture overrides it. */
export function gatedConfig(
  fields: z.infer<typeof schema>,
  unsupported: Unsupported,
  ropeDefaults: Parameters<typeof parseRope>[3] = {},
): GatedConfig {
  const common = decoderConfig(fields, unsupported)
  return {
    ...common,
    paddingToken: fields.pad_token_id ?? undefined,
    intermediateSize: fields.intermediate_size,
    normEpsilon: fields.rms_norm_eps,
    activation: parseActivation('hidden_act', fields.hidden_act, unsupported),
    rope: parseRope(fields, common.headSize, unsupported, ropeDefaults),
    biases: { queryKeyValue: false, output: false, mlp: false },
  }
}

/** The linear layers of one decoder layer of Llama's descendants, in the order of the forward pass. */
export function gatedLayer(config: GatedConfig, layer: number) {
  const { hiddenSize: hidden, intermediateSize: inner, heads, keyValueHeads, headSize, biases } = config
  const at = (name: string, inputs: number, outputs: number, bias: boolean): LinearModule => ({
    name: `model.layers.${layer}.${name}`,
    inputs,
    outputs,
    bias,
  })
  return {
    q: at('self_attn.q_proj', hidden, heads * headSize, biases.queryKeyValue),
    k: at('self_attn.k_proj', hidden, keyValueHeads * headSize, biases.queryKeyValue),
    v: at('self_attn.v_proj', hidden, keyValueHeads * headSize, biases.queryKeyValue),
    o: at('self_attn.o_proj', heads * headSize, hidden, biases.output),
    gate: at('mlp.gate_proj', hidden, inner, biases.mlp),
    up: at('mlp.up_proj', hidden, inner, biases.mlp),
    down: at('mlp.down_proj', inner, hidden, biases.mlp),
  }
}

/** The linear layers of all decoder layers of Llama's descendants. */
const gatedModules = (config: GatedConfig): LinearModule[] => everyLayer(config, gatedLayer)

/** Queries [batch, heads, length, headSize], and keys and values [batch, keyValueHeads, length, headSize], of one layer. */
export interface Heads {
  readonly query: Value
  readonly key: Value
  readonly value: Value
}

/**
 * The decoder that Llama's descendants share: x + attention(norm(x)), then x + down(silu(gate(norm(x))) * up(norm(x)))
 * (Shazeer 2020, https://arxiv.org/abs/2002.05202), with root mean square norms.
 *
 * @param attend the part that differs between them: positions, query and key norms, windows; it returns
 * [batch, heads, length, headSize]
 */
export function gatedDecoder(
  config: GatedConfig,
  weights: Weights,
  layers: Layers,
  context: ForwardContext,
  attend: (heads: Heads, layer: number) => Value,
): Value {
  const { linear } = layers
  const { hiddenSize, heads: H, keyValueHeads: K, normEpsilon } = config
  const norm = (x: Value, name: string): Value => rmsNorm(x, weights(name, [hiddenSize]), normEpsilon)

  let x = embed(layers, context, gatedArchitecture.embedding(config)) // [batch * length, hidden]
  for (let layer = 0; layer < config.layers; layer++) {
    const { q, k, v, o, gate, up, down } = gatedLayer(config, layer)
    const prefix = `model.layers.${layer}`

    const a = norm(x, `${prefix}.input_layernorm.weight`)
    const query = splitHeads(linear(a, q), context, H)
    const key = splitHeads(linear(a, k), context, K)
    const value = splitHeads(linear(a, v), context, K)
    x = add(x, linear(joinHeads(attend({ query, key, value }, layer)), o))

    const m = norm(x, `${prefix}.post_attention_layernorm.weight`)
    x = add(x, linear(mul(activate(linear(m, gate), config.activation), linear(m, up)), down))
  }
  return norm(x, 'model.norm.weight')
}

/** The parts of an {@link Architecture} that Llama's descendants share. */
export const gatedArchitecture = { ...embeddingAndHead('model.embed_tokens'), modules: gatedModules }
