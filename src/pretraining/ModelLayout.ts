import type { Network } from '../models/architectures/Network.js'
import { networkTensors } from '../models/base/networkTensors.js'
import type { Weights } from '../models/layers/Linear.js'
import { input } from '../onnx/graph/primitives/inputs.js'
import { type Shape, sizeOf, type Value } from '../onnx/graph/Value.js'

/** One tensor of a model, and its place in the flat parameter vector. */
export interface ModelParameter {
  /** Name in the checkpoint. */
  readonly name: string
  readonly shape: Shape
  readonly offset: number
  readonly size: number
}

/** Consecutive weights of linear layers of one shape: [count, rows, columns] of the flat vector. */
export interface MatrixGroup {
  readonly shape: readonly [count: number, rows: number, columns: number]
  readonly offset: number
  readonly size: number
}

/** All parameters of a model in one vector: first the matrices of linear layers, grouped by shape, then the rest. */
export interface ModelLayout {
  readonly parameters: readonly ModelParameter[]
  readonly groups: readonly MatrixGroup[]
  /** Elements of the matrices, which come first in the vector. */
  readonly matrixSize: number
  readonly size: number
}

/** A model to train: an architecture and its configuration, without weights. */
export type UntrainedNetwork = Pick<Network, 'architecture' | 'config'>

/** Lays out every tensor that the model's forward pass reads. */
export function modelLayout(network: UntrainedNetwork): ModelLayout {
  const { architecture, config } = network
  const shapes = networkTensors(network)
  const matrices = architecture.modules(config).map(({ name }) => `${name}.weight`)
  const keyOf = (name: string): string => (shapes.get(name) as Shape).join('x')
  const keys = [...new Set(matrices.map(keyOf))]
  const members = keys.map((key) => matrices.filter((name) => keyOf(name) === key))
  const others = [...shapes.keys()].filter((name) => !matrices.includes(name))

  let size = 0
  const parameters = [...members.flat(), ...others].map((name) => {
    const shape = shapes.get(name) as Shape
    const parameter = { name, shape, offset: size, size: sizeOf(shape) }
    size += parameter.size
    return parameter
  })
  let matrixSize = 0
  const groups = members.map((names) => {
    const [rows, columns] = shapes.get(names[0] as string) as readonly [number, number]
    const group = {
      shape: [names.length, rows, columns] as const,
      offset: matrixSize,
      size: names.length * rows * columns,
    }
    matrixSize += group.size
    return group
  })
  return { parameters, groups, matrixSize, size }
}

/** The parameters as inputs of a program. Each name is one value, however often the forward pass reads it. */
export function parameterInputs(): { readonly weights: Weights; readonly values: ReadonlyMap<string, Value> } {
  const values = new Map<string, Value>()
  const weights: Weights = (name, shape) => {
    const known = values.get(name) ?? input(name, 'float32', shape)
    values.set(name, known)
    return known
  }
  return { weights, values }
}

/** The feeds of {@link parameterInputs}; views, not copies. */
export const parameterFeeds = ({ parameters }: ModelLayout, values: Float32Array): Record<string, Float32Array> =>
  Object.fromEntries(parameters.map(({ name, offset, size }) => [name, values.subarray(offset, offset + size)]))
