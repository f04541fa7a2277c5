/**
 * Low rank in the graph: a linear layer y = x·W (+ b) becomes h = x·down, y = h·up (+ b).
 *
 *   MatMul(x, W)            ->  MatMul(MatMul(x, down), up)
 *   Gemm(x, W, c; α, β)     ->  Gemm(Gemm(x, down; α), up, c; β)         transposition of W is resolved in the factors
 *   Conv 1x1 (x, W, b)      ->  Conv(Conv(x, downᵀ), upᵀ, b)             [in, r] is stored as [r, in, 1, ...]
 *
 * The last node keeps the output's name, so whatever follows, a bias Add included, is untouched. Layers that share a
 * weight share its factors. A weight nobody uses any more is dropped.
 */
import { WorkbenchError } from '@contract/errors'
import { floatAttribute, readFloat } from '../ir/attribute'
import type { Graph, Model, Node } from '../ir/model'
import { elementCount, float32Tensor, type Tensor } from '../ir/tensor'
import type { LinearLayer } from '../linear-layer/linear-layer'
import { removeUnused } from './remove-unused'
import type { PassResult } from './pass'

/** The pair that replaces one stored weight, row-major. */
export interface StoredFactors {
  readonly rank: number
  /** [in, rank] */
  readonly down: Float32Array
  /** [rank, out] */
  readonly up: Float32Array
}

/**
 * Replaces each given layer by its factors.
 *
 * - `replacements`: layers of the main graph with the factors of their weight.
 *
 * @throws WorkbenchError `unsupported-model` for a layer inside a subgraph, `internal` for factors of the wrong size.
 */
export function replaceWithFactors(
  model: Model,
  replacements: readonly { readonly layer: LinearLayer; readonly factors: StoredFactors }[]
): PassResult {
  if (replacements.length === 0) return { model, modified: false }
  const byOutput = new Map(replacements.map((replacement) => [replacement.layer.nodeOutput, replacement]))
  const initializers = new Map(model.graph.initializers)
  const nodes = model.graph.nodes.flatMap((node) => {
    const replacement = byOutput.get(node.outputs[0] ?? '')
    if (replacement === undefined) return [node]
    const { layer, factors } = replacement
    assertReplaceable(layer, factors)
    return factorNodes(node, layer, factors, initializers)
  })
  const graph: Graph = { ...model.graph, nodes, initializers }
  return { model: removeUnused({ ...model, graph }).model, modified: true }
}

function assertReplaceable(layer: LinearLayer, { rank, down, up }: StoredFactors): void {
  if (layer.graphPath.length > 0) {
    throw new WorkbenchError(
      'unsupported-model',
      `Layer '${layer.id}' is inside a subgraph, where low rank is not supported yet; exclude it.`
    )
  }
  if (down.length !== layer.inFeatures * rank || up.length !== layer.outFeatures * rank) {
    throw new WorkbenchError(
      'internal',
      `The factors of '${layer.id}' do not have the sizes of rank ${rank}.`
    )
  }
}

function factorNodes(
  node: Node,
  layer: LinearLayer,
  factors: StoredFactors,
  initializers: Map<string, Tensor>
): [Node, Node] {
  const { rank, down, up } = factors
  const { inFeatures, outFeatures } = layer
  const hidden = `${layer.nodeOutput}.hidden`
  const base = node.name === '' ? layer.nodeOutput : node.name
  const stored = (suffix: string, dims: readonly number[], values: Float32Array) => {
    const name = `${layer.weightName}.${suffix}`
    if (!initializers.has(name)) initializers.set(name, float32Tensor(name, dims, values))
    return name
  }
  const rest = node.inputs.slice(2)
  const pair = (downName: string, upName: string, first: Node['attributes'], second: Node['attributes']) =>
    [
      {
        ...node,
        name: `${base}.down`,
        inputs: [layer.input, downName],
        outputs: [hidden],
        attributes: first
      },
      { ...node, name: `${base}.up`, inputs: [hidden, upName, ...rest], attributes: second }
    ] satisfies [Node, Node]

  switch (layer.operator) {
    case 'MatMul':
      return pair(
        stored('down', [inFeatures, rank], down),
        stored('up', [rank, outFeatures], up),
        noAttributes,
        noAttributes
      )
    case 'Gemm':
      return pair(
        stored('down', [inFeatures, rank], down),
        stored('up', [rank, outFeatures], up),
        new Map([['alpha', floatAttribute(readFloat(node, 'alpha', 1))]]),
        new Map([['beta', floatAttribute(readFloat(node, 'beta', 1))]])
      )
    case 'Conv': {
      const kernelAxes = Array.from({ length: kernelRank(node, initializers) }, () => 1)
      return pair(
        stored('down', [rank, inFeatures, ...kernelAxes], transposed(down, inFeatures, rank)),
        stored('up', [outFeatures, rank, ...kernelAxes], transposed(up, rank, outFeatures)),
        node.attributes,
        node.attributes
      )
    }
  }
}

const noAttributes: Node['attributes'] = new Map()

/** Number of spatial axes of a Conv: those of its stored weight beyond [out, in]. */
function kernelRank(node: Node, initializers: ReadonlyMap<string, Tensor>): number {
  const weight = initializers.get(node.inputs[1] ?? '')
  if (weight === undefined || elementCount(weight.dims.slice(2)) !== 1) {
    throw new WorkbenchError('internal', `Node '${node.name}' is not a 1x1 convolution with a stored weight.`)
  }
  return weight.dims.length - 2
}

/** [rows, columns] to [columns, rows]. */
function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) result[j * rows + i] = values[i * columns + j]!
  }
  return result
}
