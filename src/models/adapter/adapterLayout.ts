import { OpenLedgerError } from '../../errors/OpenLedgerError.js'
import { sizeOf } from '../../onnx/graph/Value.js'
import type { Network } from '../architectures/Network.js'
import { networkTensors } from '../base/networkTensors.js'
import type { EmbeddingModule, LinearModule } from '../layers/Linear.js'
import { type NamePattern, pythonPattern } from './pythonPattern.js'
import type { TrainedBias } from './trainedBiases.js'

/** The kind of an adapter's tensor, by PEFT's name. */
export type AdapterSide =
  | 'lora_A'
  | 'lora_B'
  | 'lora_magnitude_vector'
  /** For token embeddings, with the two matrices swapped: [rank, tokens] and [width, rank]. */
  | 'lora_embedding_A'
  | 'lora_embedding_B'
  /** A tensor of the base that is trained itself: one of a module to save, or a bias. */
  | 'whole'

/** One trained tensor of an adapter, and its place in the flat parameter vector. */
export interface AdapterParameter {
  /** Module path and side, as in PEFT: `model.layers.0.self_attn.q_proj.lora_A`. */
  readonly name: string
  readonly module: string
  readonly side: AdapterSide
  /** lora_A [rank, inputs], lora_B [outputs, rank], lora_magnitude_vector [outputs]; a whole tensor has the base's shape. */
  readonly shape: readonly number[]
  readonly offset: number
  readonly size: number
}

/** Values for layers by a regular expression over their names; the first expression that matches wins. */
export type ModulePattern = Readonly<Record<string, number>>

/** The adapted layers with rank and scaling, as in PEFT's configuration. */
export interface AdapterOptions {
  readonly rank: number
  readonly alpha: number
  readonly useRslora?: boolean
  readonly useDora?: boolean
  readonly dropout?: number
  /** Suffixes of module names, a regular expression over full names, or `all-linear`. */
  readonly targetModules: readonly string[] | string
  /** Modules to exclude, as suffixes or a regular expression. */
  readonly excludeModules?: readonly string[] | string | undefined
  /** Decoder layers to adapt, from 0; all by default. */
  readonly layers?: readonly number[] | undefined
  /** The name of the list of decoder layers within module names; any name by default. */
  readonly layersPattern?: readonly string[] | undefined
  /** Modules that are trained and saved in full, by the ends of their names. */
  readonly modulesToSave?: readonly string[] | undefined
  /** Biases to train: none, those of adapted layers, or all. */
  readonly bias?: TrainedBias | undefined
  /** Ranks that differ from {@link rank}. */
  readonly rankPattern?: ModulePattern | undefined
  /** Alphas that differ from {@link alpha}. */
  readonly alphaPattern?: ModulePattern | undefined
}

/** The parameters of a LoRA adapter for a base model (Hu et al. 2021, https://arxiv.org/abs/2106.09685). */
export interface AdapterLayout extends AdapterOptions {
  /** alpha / rank, or alpha / sqrt(rank) with rsLoRA, for layers that no pattern matches. */
  readonly scaling: number
  /** The scaling of each adapted layer. */
  readonly scalings: ReadonlyMap<string, number>
  readonly useRslora: boolean
  readonly useDora: boolean
  /** Dropout probability of the inputs of a low-rank path in training. */
  readonly dropout: number
  /** Whether the checkpoint stores the adapted weights as [inputs, outputs], PEFT's `fan_in_fan_out`. */
  readonly transposed: boolean
  readonly parameters: readonly AdapterParameter[]
  /** Number of trained parameters. */
  readonly size: number
}

/** The distinct last parts of layer names. */
const lastParts = (modules: readonly { readonly name: string }[]): string[] => [
  ...new Set(modules.map(({ name }) => name.slice(name.lastIndexOf('.') + 1))),
]

/** Every layer that can be adapted, in the order of the forward pass. */
function adaptable({
  architecture,
  config,
}: Pick<Network, 'architecture' | 'config'>): (LinearModule | EmbeddingModule)[] {
  return [architecture.embedding(config), ...architecture.modules(config), architecture.head(config)]
}

/**
 * Computes the parameters of an adapter for a model.
 *
 * @throws OL1310 when no layer matches, OL1425 when a decoder layer does not exist
 * @throws OL1436 when a layer is both adapted and saved in full
 * @throws OL1435 when a regular expression means something else in JavaScript than in Python
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
    // `all-linear` is expanded: names mean the same in every version of PEFT, whatever other layers the model has.
    targetModules: isAllLinear(targetModules) ? lastParts(linear) : targetModules,
    transposed: adapted.some((module) => 'transposed' in module && module.transposed === true),
    parameters,
    size,
  }
}

/** The target modules, excluded modules and modules to save that match nothing in the model. */
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

/** The expressions of a rank or alpha pattern that match no adapted layer, and so have no effect. */
export const unmatchedPatterns = ({ scalings }: AdapterLayout, pattern: ModulePattern = {}): string[] =>
  Object.keys(pattern).filter((key) => {
    const read = patternReader({ [key]: 1 }, 0)
    return ![...scalings.keys()].some((module) => read(module) === 1)
  })

/** The layers that can be adapted, by the last parts of their names. */
export const adaptableNames = (base: Pick<Network, 'architecture' | 'config'>): string[] => lastParts(adaptable(base))

/** The scaling of an adapted layer's low-rank path. */
export const scalingOf = ({ scalings }: AdapterLayout, module: string): number => scalings.get(module) as number

/** Returns a reader of the decoder layer's number in a module's name, found as in PEFT; NaN if there is none. */
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

/** The tensors of the base that are trained in full. */
function wholeTensors(
  base: Pick<Network, 'architecture' | 'config'>,
  modulesToSave: readonly string[] = [],
  bias: TrainedBias,
  adapted: ReadonlyMap<string, number>,
): WholeTensor[] {
  if (modulesToSave.length === 0 && bias === 'none') return []
  const head = base.architecture.head(base.config)
  const shapes = new Map(networkTensors(base))
  // A tied head that is saved gets a weight of its own.
  shapes.set(`${head.name}.weight`, [head.outputs, head.inputs])
  return [...shapes].flatMap(([tensor, shape]) => {
    const module = tensor.slice(0, tensor.lastIndexOf('.'))
    const isSaved = isUnder(module, modulesToSave)
    if (isSaved && adapted.has(module)) throw new OpenLedgerError('OL1436', { module })
    const isTrained = tensor.endsWith('.bias') && (bias === 'all' || (bias === 'lora_only' && adapted.has(module)))
    return isSaved || isTrained ? [{ module, tensor, shape }] : []
  })
}

/** Whether the name of a module, or of one that contains it, ends in one of the names; PEFT finds modules to save this way. */
function isUnder(module: string, names: readonly string[]): boolean {
  const parts = module.split('.')
  return parts.some((_, i) => {
    const path = parts.slice(0, i + 1).join('.')
    return names.some((name) => path.endsWith(name))
  })
}

/** Returns a test whether PEFT would adapt a module. */
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
  // As in PEFT, a full name is adapted even outside the chosen decoder layers.
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

/** @throws OL1435 at once, or when a name is tested */
const compiled = (source: string, wrap: (source: string) => string): NamePattern =>
  pythonPattern(source, wrap, () => {
    throw new OpenLedgerError('OL1435', { pattern: source })
  })

/** An adapter in memory. */
export interface Adapter {
  readonly layout: AdapterLayout
  /** The flat parameter vector, in the order of the layout. */
  readonly values: Float32Array
}
