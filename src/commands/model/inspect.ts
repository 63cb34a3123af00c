import { relative } from 'node:path'
import { readManifest } from '../../lora/plan/manifest.js'
import { type InspectedAdapter, type InspectedBase, inspectModel } from '../../models/run/inspectModel.js'
import { formatBytes } from '../../terminal/formats.js'
import type { CommandContext } from '../shared/CommandContext.js'
import { chooseBase } from '../shared/chooseBase.js'

interface Input {
  readonly model: string | undefined
  readonly revision: string | undefined
}

/** `openledger model inspect`: what a base model or an adapter is. */
export async function run(context: CommandContext, { model, revision }: Input): Promise<void> {
  const found = await inspectModel(await chooseBase(context, { base: model, revision }))
  const manifest = found.kind === 'adapter' ? await readManifest(found.path).catch(() => null) : undefined
  const data = { ...found, ...(manifest !== undefined && { manifest }) }
  context.output.result(data, (_, { paint }) => {
    const rows = found.kind === 'base' ? baseRows(found) : [...adapterRows(found), ...manifestRows(manifest ?? null)]
    const width = Math.max(...rows.map(([name]) => name.length))
    const title = paint.bold(relative(context.cwd, found.path) || '.')
    return [title, ...rows.map(([name, value]) => `${paint.dim(name.padEnd(width))}  ${value}`)].join('\n')
  })
}

type Row = readonly [name: string, value: string]
const number = (value: number): string => value.toLocaleString('en')

const typesOf = ({ dtypes }: InspectedBase | InspectedAdapter): string => Object.keys(dtypes).join(', ')

const baseRows = (base: InspectedBase): Row[] => [
  ...(base.source ? [['source', `${base.source.id}@${base.source.revision}`] as const] : []),
  ['architecture', `${base.architecture}, ${base.layers} layers of width ${base.hiddenSize}`],
  ['attention', `${base.heads} heads of ${base.headSize}, ${base.keyValueHeads} with keys and values`],
  [
    'parameters',
    `${number(base.parameters)} (${typesOf(base)}), ${formatBytes(base.bytes)} in ${base.files.join(', ')}`,
  ],
  ['context', `${number(base.context)} tokens`],
  ['vocabulary', `${number(base.vocabulary)} tokens${base.tiedEmbeddings ? ', embeddings tied to the head' : ''}`],
  ['tokenizer', `${number(base.tokenizer.tokens)} tokens, ends with ${base.tokenizer.endTokens.join(', ') || 'none'}`],
  ['chat template', base.tokenizer.chatTemplate ? 'yes' : 'no'],
  ['linear layers', base.linearLayers.join(', ')],
  ['hash', base.hash],
]

const pairs = (pattern: Readonly<Record<string, number>>): string =>
  Object.entries(pattern)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ')

const adapterRows = (adapter: InspectedAdapter): Row[] => [
  ['base', adapter.base ?? 'not named'],
  [
    'LoRA',
    `rank ${adapter.rank}, alpha ${adapter.alpha}, scaling ${adapter.scaling}${adapter.useRslora ? ', rsLoRA' : ''}${adapter.useDora ? ', DoRA' : ''}`,
  ],
  ['targets', `${[adapter.targetModules ?? 'the default'].flat().join(', ')}: ${adapter.modules} layers`],
  ...Object.entries({ ranks: adapter.rankPattern, alphas: adapter.alphaPattern }).flatMap(([name, pattern]): Row[] =>
    Object.keys(pattern).length > 0 ? [[name, pairs(pattern)]] : [],
  ),
  ...(adapter.excludeModules ? [['excluded', [adapter.excludeModules].flat().join(', ')] as const] : []),
  ...(adapter.modulesToSave ? [['saved whole', adapter.modulesToSave.join(', ')] as const] : []),
  ...(adapter.bias === 'none' ? [] : [['biases', adapter.bias] as const]),
  ...(adapter.initialisation
    ? [['begun with', `${adapter.initialisation}: computed as plain LoRA of rank ${2 * adapter.rank}`] as const]
    : []),
  ['parameters', `${number(adapter.parameters)} (${typesOf(adapter)}), ${formatBytes(adapter.bytes)}`],
  ['hash', adapter.hash],
]

const manifestRows = (manifest: Awaited<ReturnType<typeof readManifest>> | null): Row[] =>
  manifest === null
    ? [
        [
          'manifest',
          'none: it was not trained by openledger, and nothing tells which base model it was trained on but its own word',
        ],
      ]
    : [
        [
          'trained on',
          `${manifest.data.trained} records${manifest.datanet ? ` of version ${manifest.datanet.version} of ${manifest.datanet.name}` : ''}, ${manifest.steps} steps, seed ${manifest.settings.seed}`,
        ],
        ...(manifest.evalLoss
          ? [
              [
                'held-out loss',
                `${manifest.evalLoss.before.toFixed(4)} before, ${manifest.evalLoss.after.toFixed(4)} after`,
              ] as const,
            ]
          : []),
      ]
