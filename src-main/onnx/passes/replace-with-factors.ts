/**
 * Low rank in the graph: a linear layer y = x·W (+ b) becomes h = x·down, y = h·up (+ b).
 *
 *   MatMul(x, W)            ->  MatMul(MatMul(x, down), up)
 *   Gemm(x, W, c; α, β)     ->  Gemm(MatMul(x, down), up, c; α, β)       transposition of W is resolved in the factors
 *   Conv(x, W, b)           ->  Conv(Conv(x, downᵀ), upᵀ, b)             the window is the first one's, the second is 1x1
 *   Gather(W, ids)          ->  MatMul(Gather(down, ids), up)
 *
 * A Conv's factors are stored as it wants them: [in, r] as [r, channels, ...kernel], [r, out] as [out, r, 1, ...].
 *
 * The last node keeps the output's name, so whatever follows, a bias Add included, is untouched. A weight nobody uses
 * any more is dropped.
 */
import { WorkbenchError } from '@contract/errors'
import { indexGraph, type GraphIndex } from '../graph-index'
import { floatAttribute, readFloat } from '../ir/attribute'
import type { Graph, Model, Node } from '../ir/model'
import { elementCount, float32Tensor, type Tensor, type TensorValues } from '../ir/tensor'
import type { LinearLayer } from '../linear-layer/linear-layer'
import { FreshNames } from './fresh-names'
import type { PassResult } from './pass'
import { removeUnused } from './remove-unused'
import { assertRewritable } from './rewrite-obstacle'

/** The pair that replaces one matrix W [in, out], row-major. */
export interface StoredFactors<Values extends TensorValues<Float32Array> = TensorValues<Float32Array>> {
  readonly rank: number
  /** [in, rank] */
  readonly down: Values
  /** [rank, out] */
  readonly up: Values
}

/**
 * Replaces each given layer by its factors.
 *
 * - `replacements`: layers of the main graph with the factors of their weight. Layers that are given one and the same
 *   factors object share the stored arrays.
 *
 * Names that the model uses already are avoided, so a model may be compressed twice.
 *
 * @throws WorkbenchError `unsupported-model` for a layer inside a subgraph or not in float32, `internal` for factors
 * of the wrong size or a layer that the model does not have.
 */
export function replaceWithFactors(
  model: Model,
  replacements: readonly { readonly layer: LinearLayer; readonly factors: StoredFactors }[]
): PassResult {
  if (replacements.length === 0) return { model, modified: false }
  const rewrite = new FactorRewrite(model)
  const layers = replacements.map(({ layer }) => layer)
  assertRewritable(rewrite.index, layers)
  const byOutput = new Map(replacements.map((replacement) => [replacement.layer.nodeOutput, replacement]))
  const nodes = model.graph.nodes.flatMap((node) => {
    const replacement = byOutput.get(node.outputs[0] ?? '')
    if (replacement === undefined) return [node]
    assertSizes(replacement.layer, replacement.factors)
    return rewrite.pair(node, replacement.layer, replacement.factors)
  })
  const graph: Graph = { ...model.graph, nodes, initializers: rewrite.initializers }
  return { model: removeUnused({ ...model, graph }).model, modified: true }
}

function assertSizes(layer: LinearLayer, { rank, down, up }: StoredFactors): void {
  const fits = (values: TensorValues<Float32Array>, features: number) =>
    typeof values === 'function' || values.length === features * rank
  if (!fits(down, layer.inFeatures) || !fits(up, layer.outFeatures)) {
    throw new WorkbenchError(
      'internal',
      `The factors of '${layer.id}' do not have the sizes of rank ${rank}.`
    )
  }
}

class FactorRewrite {
  readonly index: GraphIndex
  readonly initializers: Map<string, Tensor>
  readonly #names: FreshNames
  readonly #stored = new Map<StoredFactors, readonly [down: string, up: string]>()

  constructor(model: Model) {
    this.index = indexGraph(model.graph)
    this.initializers = new Map(model.graph.initializers)
    this.#names = new FreshNames(model)
  }

  /** The two nodes that replace `node`. */
  pair(node: Node, layer: LinearLayer, factors: StoredFactors): [Node, Node] {
    const [down, up] = this.#storedNames(layer, factors)
    const hidden = this.#names.take(`${layer.nodeOutput}.hidden`)
    const base = node.name === '' ? layer.nodeOutput : node.name
    const [first, second] = factorAttributes(node, layer)
    const isEmbedding = layer.operator === 'Gather'
    return [
      {
        ...node,
        // A Gemm without a bias is not allowed before opset 11; the first factor needs none of what Gemm adds.
        opType: layer.operator === 'Gemm' ? 'MatMul' : node.opType,
        name: `${base}.down`,
        inputs: isEmbedding ? [down, layer.input] : [layer.input, down],
        outputs: [hidden],
        attributes: first
      },
      {
        ...node,
        opType: isEmbedding ? 'MatMul' : node.opType,
        name: `${base}.up`,
        inputs: [hidden, up, ...node.inputs.slice(2)],
        attributes: second
      }
    ]
  }

  #storedNames(layer: LinearLayer, factors: StoredFactors): readonly [string, string] {
    const known = this.#stored.get(factors)
    if (known !== undefined) return known
    const { rank, down, up } = factors
    const { inFeatures, outFeatures, weightName } = layer
    const store = (suffix: string, dims: readonly number[], values: TensorValues<Float32Array>) => {
      const name = this.#names.take(`${weightName}.${suffix}`)
      this.initializers.set(name, float32Tensor(name, dims, values))
      return name
    }
    let names: readonly [string, string]
    if (layer.operator === 'Conv') {
      const kernel = this.#kernel(layer)
      const channels = inFeatures / elementCount(kernel)
      const pointwise = kernel.map(() => 1)
      names = [
        store('down', [rank, channels, ...kernel], transposed(down, inFeatures, rank)),
        store('up', [outFeatures, rank, ...pointwise], transposed(up, rank, outFeatures))
      ]
    } else {
      names = [store('down', [inFeatures, rank], down), store('up', [rank, outFeatures], up)]
    }
    this.#stored.set(factors, names)
    return names
  }

  /** The kernel's sizes: those of the stored weight beyond [out, channels]. */
  #kernel({ id, weightName, inFeatures }: LinearLayer): readonly number[] {
    const constant = this.index.producer(weightName)?.attributes.get('value')
    const weight =
      this.index.graph.initializers.get(weightName) ??
      (constant?.kind === 'tensor' ? constant.value : undefined)
    if (weight === undefined || elementCount(weight.dims.slice(1)) !== inFeatures) {
      throw new WorkbenchError('internal', `Layer '${id}' is not a convolution with a stored weight.`)
    }
    return weight.dims.slice(2)
  }
}

/** The attributes of both nodes. What scales is applied once, in the second. */
function factorAttributes(
  node: Node,
  { operator, window }: LinearLayer
): readonly [Node['attributes'], Node['attributes']] {
  switch (operator) {
    case 'MatMul':
      return [new Map(), new Map()]
    case 'Gemm':
      return [
        new Map(),
        new Map([
          ['alpha', floatAttribute(readFloat(node, 'alpha', 1))],
          ['beta', floatAttribute(readFloat(node, 'beta', 1))]
        ])
      ]
    case 'Conv':
      return [node.attributes, window === undefined ? node.attributes : new Map()]
    case 'Gather':
      return [node.attributes, new Map()]
  }
}

/** [rows, columns] to [columns, rows]. */
function transposed(
  values: TensorValues<Float32Array>,
  rows: number,
  columns: number
): TensorValues<Float32Array> {
  if (typeof values === 'function') return () => transposedArray(values(), rows, columns)
  return transposedArray(values, rows, columns)
}

function transposedArray(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) result[j * rows + i] = values[i * columns + j]!
  }
  return result
}
