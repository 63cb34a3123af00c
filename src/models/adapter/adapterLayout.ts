import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { sizeOf } from '../../onnx/graph/Value.js'
import type { Network } from '../architectures/Network.js'
import { networkTensors } from '../base/networkTensors.js'
import type { EmbeddingModule, LinearModule } from '../layers/Linear.js'
import { type NamePattern, pythonPattern } from './pythonPattern.js'
import type { TrainedBias } from './trainedBiases.js'

/** Which tensor of a layer's adapter a parameter is, as PEFT names it. */
export type AdapterSide =
  | 'lora_A'
  | 'lora_B'
  | 'lora_magnitude_vector'
  /** Of token embeddings, where the two sides have changed places: [rank, tokens] and [width, rank]. */
  | 'lora_embedding_A'
  | 'lora_embedding_B'
  /** A tensor of the base itself: of a module that is saved whole, or a bias. */
  | 'whole'

/** One trained matrix of an adapter and its place in the flat parameter vector. */
export interface AdapterParameter {
  /** Module path and side, as in PEFT: `model.layers.0.self_attn.q_proj.lora_A`. */
  readonly name: string
  readonly module: string
  readonly side: AdapterSide
  /** lora_A [rank, inputs], lora_B [outputs, rank], lora_magnitude_vector [outputs]; a whole tensor as the base has it. */
  readonly shape: readonly number[]
  readonly offset: number
  readonly size: number
}

/** A value for the layers whose names a regular expression matches, by the expressions; the first that matches counts. */
export type ModulePattern = Readonly<Record<string, number>>

/** Which layers an adapter sits on, and with how much; as in PEFT's configuration. */
export interface AdapterOptions {
  readonly rank: number
  readonly alpha: number
  readonly useRslora?: boolean
  readonly useDora?: boolean
  readonly dropout?: number
  /** Last parts of module names, a regular expression over whole names, or `all-linear`. */
  readonly targetModules: readonly string[] | string
  /** Layers that are left alone all the same, named likewise. */
  readonly excludeModules?: readonly string[] | string | undefined
  /** Decoder layers to adapt, from 0; all unless given. */
  readonly layers?: readonly number[] | undefined
  /** What the list of decoder layers is called in the names of its modules; whatever it is unless given. */
  readonly layersPattern?: readonly string[] | undefined
  /** Modules that are trained and saved whole, by the ends of their names. */
  readonly modulesToSave?: readonly string[] | undefined
  /** Biases that are trained: none, those of adapted layers, or all. */
  readonly bias?: TrainedBias | undefined
  /** Other ranks for some layers. */
  readonly rankPattern?: ModulePattern | undefined
  /** Other alphas for some layers. */
  readonly alphaPattern?: ModulePattern | undefined
}

/** Where an adapter sits on a base model (Hu et al. 2021, https://arxiv.org/abs/2106.09685). */
export interface AdapterLayout extends AdapterOptions {
  /** alpha / rank, or alpha / sqrt(rank) with rsLoRA, of the layers that no pattern names. */
  readonly scaling: number
  /** The scaling of each adapted layer. */
  readonly scalings: ReadonlyMap<string, number>
  readonly useRslora: boolean
  readonly useDora: boolean
  /** Share of a layer's inputs that its low-rank path does not see while it is trained. */
  readonly dropout: number
  /** The adapted weights lie as [inputs, outputs] in the checkpoint, which PEFT calls `fan_in_fan_out`. */
  readonly transposed: boolean
  readonly parameters: readonly AdapterParameter[]
  /** Trained numbers in all. */
  readonly size: number
}

/** The last parts of the names of layers, each once. */
const lastParts = (modules: readonly { readonly name: string }[]): string[] => [
  ...new Set(modules.map(({ name }) => name.slice(name.lastIndexOf('.') + 1))),
]

/** Every layer that an adapter can sit on, in the order in which the forward pass meets them. */
function adaptable({
  architecture,
  config,
}: Pick<Network, 'architecture' | 'config'>): (LinearModule | EmbeddingModule)[] {
  return [architecture.embedding(config), ...architecture.modules(config), architecture.head(config)]
}

/**
 * Lays an adapter out over the layers of a model.
 *
 * @throws OL1310 when no layer matches, OL1425 when a decoder layer does not exist
 * @throws OL1436 when a layer is both adapted and saved whole, OL1435 of a regular expression that Python and JavaScript read differently
 */
export function adapterLayout(base: Pick<Network, 'architecture' | 'config'>, options: AdapterOptions): AdapterLayout {
  const { rank, alpha, useRslora = false, useDora = false, dropout = 0, targetModules } = options
  const { excludeModules, layers, layersPattern, rankPattern, alphaPattern, modulesToSave, bias = 'none' } = options
  const linear = base.architecture.modules(base.config)
  const layerOf = layerReader()
  const numbers = new Set(layers ? linear.map(({ name }) => layerOf(name)) : [])
  const missing = layers?.find((layer) => !numbers.has(layer))
  if (missing !== undefined) throw new OpenLedgerError('OL1425', { layer: missing, last: base.config.layers - 1 })
  const isAdapted = moduleFilter(options, linear)
  const [rankOf, alphaOf] = [patternReader(rankPattern, rank), patternReader(alphaPattern, alpha)]
  const parameters: AdapterParameter[] = []
  const scalings = new Map<string, number>()
  let size = 0
  const place = (module: string, side: AdapterSide, shape: readonly number[]): void => {
    parameters.push({ name: `${module}.${side}`, module, side, shape, offset: size, size: sizeOf(shape) })
    size += sizeOf(shape)
  }
  const adapted = adaptable(base).filter(({ name }) => isAdapted(name))
  for (const module of adapted) {
    const { name } = module
    const own = rankOf(name)
    scalings.set(name, alphaOf(name) / (useRslora ? Math.sqrt(own) : own))
    if ('tokens' in module) {
      place(name, 'lora_embedding_A', [own, module.tokens])
      place(name, 'lora_embedding_B', [module.width, own])
    } else {
      place(name, 'lora_A', [own, module.inputs])
      place(name, 'lora_B', [module.outputs, own])
      if (useDora) place(name, 'lora_magnitude_vector', [module.outputs])
    }
  }
  for (const { module, tensor, shape } of wholeTensors(base, modulesToSave, bias, scalings)) {
    parameters.push({ name: tensor, module, side: 'whole', shape, offset: size, size: sizeOf(shape) })
    size += sizeOf(shape)
  }
  if (scalings.size === 0)
    throw new OpenLedgerError('OL1310', {
      targets: [targetModules].flat().join(', '),
      available: adaptableNames(base).join(', '),
    })
  return {
    rank,
    alpha,
    excludeModules,
    layers,
    layersPattern,
    rankPattern,
    alphaPattern,
    modulesToSave,
    bias,
    scaling: alpha / (useRslora ? Math.sqrt(rank) : rank),
    scalings,
    useRslora,
    useDora,
    dropout,
    // Spelt out: every version of PEFT knows names, and means the same by them whatever the model's other layers are.
    targetModules: isAllLinear(targetModules) ? lastParts(linear) : targetModules,
    transposed: adapted.some((module) => 'transposed' in module && module.transposed === true),
    parameters,
    size,
  }
}

/**
 * Those of the target modules, of the excluded ones and of the modules to save that name nothing of the model.
 */
export function unmatchedTargets(
  base: Pick<Network, 'architecture' | 'config'>,
  { targetModules, excludeModules = [], modulesToSave = [] }: AdapterOptions,
): string[] {
  const modules = adaptable(base)
  const excluded = moduleFilter({ rank: 1, alpha: 1, targetModules: excludeModules }, [])
  const tensors = [...networkTensors(base).keys(), `${base.architecture.head(base.config).name}.weight`]
  return [
    ...(typeof targetModules === 'string' ? [] : targetModules).filter(
      (target) => !modules.some(({ name }) => isNamed([target], name)),
    ),
    ...(typeof excludeModules === 'string'
      ? modules.some(({ name }) => excluded(name))
        ? []
        : [excludeModules]
      : excludeModules.filter((each) => !modules.some(({ name }) => isNamed([each], name)))),
    ...modulesToSave.filter(
      (name) => !tensors.some((tensor) => isUnder(tensor.slice(0, tensor.lastIndexOf('.')), [name])),
    ),
  ]
}

/** Those of the expressions of a rank or alpha pattern that match the name of no adapted layer, and so change nothing. */
export const unmatchedPatterns = ({ scalings }: AdapterLayout, pattern: ModulePattern = {}): string[] =>
  Object.keys(pattern).filter((key) => {
    const read = patternReader({ [key]: 1 }, 0)
    return ![...scalings.keys()].some((module) => read(module) === 1)
  })

/** What an adapter can sit on, by the last parts of the names. */
export const adaptableNames = (base: Pick<Network, 'architecture' | 'config'>): string[] => lastParts(adaptable(base))

/** The scaling of an adapted layer's low-rank path. */
export const scalingOf = ({ scalings }: AdapterLayout, module: string): number => scalings.get(module) as number

/** Reads the number of the decoder layer in a module's name, as PEFT finds it; NaN where there is none. */
function layerReader(lists: readonly string[] = []): (module: string) => number {
  const prefixes = lists.length > 0 ? lists.map((list) => `(?:^|.*?\\.)${list}`) : ['.*?\\.[^.]*']
  const patterns = prefixes.map((prefix) => compiled(prefix, (source) => `^${source}\\.(\\d+)\\.`))
  return (module) => {
    for (const pattern of patterns) {
      const found = pattern(module)
      if (found) return Number(found[1])
    }
    return Number.NaN
  }
}

const isAllLinear = (targets: AdapterOptions['targetModules']): boolean =>
  typeof targets === 'string' && targets.toLowerCase() === 'all-linear'

const isNamed = (names: readonly string[], module: string): boolean =>
  names.some((name) => module === name || module.endsWith(`.${name}`))

interface WholeTensor {
  readonly module: string
  readonly tensor: string
  readonly shape: readonly number[]
}

/** The tensors of the base that are trained themselves. */
function wholeTensors(
  base: Pick<Network, 'architecture' | 'config'>,
  modulesToSave: readonly string[] = [],
  bias: TrainedBias,
  adapted: ReadonlyMap<string, number>,
): WholeTensor[] {
  if (modulesToSave.length === 0 && bias === 'none') return []
  const head = base.architecture.head(base.config)
  const shapes = new Map(networkTensors(base))
  // A head that is tied to the embeddings gets a weight of its own where it is saved.
  shapes.set(`${head.name}.weight`, [head.outputs, head.inputs])
  return [...shapes].flatMap(([tensor, shape]) => {
    const module = tensor.slice(0, tensor.lastIndexOf('.'))
    const isSaved = isUnder(module, modulesToSave)
    if (isSaved && adapted.has(module)) throw new OpenLedgerError('OL1436', { module })
    const isTrained = tensor.endsWith('.bias') && (bias === 'all' || (bias === 'lora_only' && adapted.has(module)))
    return isSaved || isTrained ? [{ module, tensor, shape }] : []
  })
}

/** Whether a module, or one that it is part of, ends in one of the names; as PEFT looks for modules to save. */
function isUnder(module: string, names: readonly string[]): boolean {
  const parts = module.split('.')
  return parts.some((_, i) => {
    const path = parts.slice(0, i + 1).join('.')
    return names.some((name) => path.endsWith(name))
  })
}

/** Which layers are adapted: PEFT's rules, one by one. */
function moduleFilter(
  { targetModules, excludeModules = [], layers, layersPattern, modulesToSave = [] }: AdapterOptions,
  linear: readonly LinearModule[],
): (module: string) => boolean {
  const whole = (source: string): NamePattern => compiled(source, (inner) => `^(?:${inner})$`)
  const saved = modulesToSave.map((name) => compiled(name, (source) => `(?:^|.*\\.)(?:${source})(?:$|\\..*)`))
  const excludedPattern = whole(typeof excludeModules === 'string' ? excludeModules : '')
  const isNamedOut =
    typeof excludeModules === 'string'
      ? (module: string) => excludeModules !== '' && excludedPattern(module) !== null
      : (module: string) => isNamed(excludeModules, module)
  const isExcluded = (module: string): boolean =>
    isNamedOut(module) || saved.some((pattern) => pattern(module)?.index === 0)
  const layerOf = layerReader(layersPattern)
  const isInLayer = (module: string): boolean => !layers || layers.length === 0 || layers.includes(layerOf(module))
  if (isAllLinear(targetModules)) {
    const names = new Set(linear.map(({ name }) => name))
    return (module) => names.has(module) && !isExcluded(module) && isInLayer(module)
  }
  if (typeof targetModules === 'string') {
    const pattern = whole(targetModules)
    return (module) => pattern(module) !== null && !isExcluded(module) && isInLayer(module)
  }
  // A whole name is taken at its word, whichever decoder layers are chosen.
  return (module) =>
    !isExcluded(module) && (targetModules.includes(module) || (isNamed(targetModules, module) && isInLayer(module)))
}

function patternReader(pattern: ModulePattern = {}, otherwise: number): (module: string) => number {
  const entries = Object.entries(pattern).map(
    ([key, value]) => [compiled(key, (source) => `^(?:.*\\.)?(?:${source})$`), value] as const,
  )
  return (module) => {
    const found = entries.find(([expression]) => expression(module) !== null)?.[1]
    return found ?? (Object.hasOwn(pattern, module) ? (pattern[module] as number) : otherwise)
  }
}

/** @throws OL1435 here or when a name is tested */
const compiled = (source: string, wrap: (source: string) => string): NamePattern =>
  pythonPattern(source, wrap, () => {
    throw new OpenLedgerError('OL1435', { pattern: source })
  })

/** An adapter in memory. */
export interface Adapter {
  readonly layout: AdapterLayout
  /** All parameters one after the other, in the layout's order. */
  readonly values: Float32Array
}
