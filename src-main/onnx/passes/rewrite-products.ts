/**
 * What the passes have in common that put the products of linear layers into another number format: which layers they
 * accept, and how the nodes and constants that replace one are made and named.
 */
import { WorkbenchError } from '@contract/errors'
import { indexGraph } from '../graph-index'
import { readFloat } from '../ir/attribute'
import type { Attribute, Model, Node } from '../ir/model'
import { typedTensor, type Tensor, type TensorValues } from '../ir/tensor'
import type { LinearLayer } from '../linear-layer/linear-layer'
import { FreshNames } from './fresh-names'
import type { PassResult } from './pass'
import { removeUnused } from './remove-unused'
import { assertRewritable } from './rewrite-obstacle'

/** A layer and what its weight becomes. */
export interface WeightReplacement<Weight> {
  readonly layer: LinearLayer
  /** Layers that are given one and the same object share what is stored for it. */
  readonly weight: Weight
}

/** Writes the nodes that compute what `node` computed, the last of which keeps its output's name. */
export type ReplaceProduct<Weight> = (
  rewrite: ProductRewrite,
  node: Node,
  replacement: WeightReplacement<Weight>
) => void

/**
 * The model with every given MatMul and Gemm layer of its main graph written anew by `replace`. Weights that nobody
 * uses any more are dropped.
 *
 * - `format`  the number format, as messages name it.
 *
 * @throws WorkbenchError `unsupported-model` for a layer inside a subgraph or not in float32, `internal` for a layer
 * that is no MatMul or Gemm, or that the model does not have.
 */
export function rewriteProducts<Weight>(
  model: Model,
  format: string,
  replacements: readonly WeightReplacement<Weight>[],
  replace: ReplaceProduct<Weight>
): PassResult {
  const other = replacements.find(({ layer }) => !isProduct(layer))
  if (other !== undefined) {
    throw new WorkbenchError(
      'internal',
      `Layer '${other.layer.id}' is no MatMul or Gemm; ${format} leaves it alone.`
    )
  }
  return rewriteLayers(model, replacements, replace)
}

/**
 * `rewriteProducts` for layers of any operator.
 *
 * @throws WorkbenchError `unsupported-model` for a layer inside a subgraph or not in float32, `internal` for a layer that the
 * model does not have.
 */
export function rewriteLayers<Weight>(
  model: Model,
  replacements: readonly WeightReplacement<Weight>[],
  replace: ReplaceProduct<Weight>
): PassResult {
  if (replacements.length === 0) return { model, modified: false }
  assertRewritable(
    indexGraph(model.graph),
    replacements.map(({ layer }) => layer)
  )
  const byOutput = new Map(replacements.map((replacement) => [replacement.layer.nodeOutput, replacement]))
  const rewrite = new ProductRewrite(model)
  for (const node of model.graph.nodes) {
    const replacement = byOutput.get(node.outputs[0] ?? '')
    if (replacement === undefined) rewrite.nodes.push(node)
    else replace(rewrite, node, replacement)
  }
  const graph = { ...model.graph, nodes: rewrite.nodes, initializers: rewrite.initializers }
  return { model: removeUnused({ ...model, graph }).model, modified: true }
}

/** Whether a layer is one of the operators that these passes rewrite. */
export function isProduct({ operator }: LinearLayer): boolean {
  return operator === 'MatMul' || operator === 'Gemm'
}

interface NodeOptions {
  /** '' is the default ONNX domain. */
  readonly domain?: string
  readonly attributes?: Readonly<Record<string, Attribute>>
}

/** The main graph's nodes and initializers while they are written anew. */
export class ProductRewrite {
  readonly nodes: Node[] = []
  readonly initializers: Map<string, Tensor>
  readonly names: FreshNames

  constructor(model: Model) {
    this.initializers = new Map(model.graph.initializers)
    this.names = new FreshNames(model)
  }

  /** Stores a constant under a name as near to the wanted one as is free, and returns that name. */
  store(wanted: string, dataType: Tensor['dataType'], dims: readonly number[], values: TensorValues): string {
    const name = this.names.take(wanted)
    this.initializers.set(name, typedTensor(name, dataType, dims, values))
    return name
  }

  /** `value` · `factor` as a value; `value` itself when there is nothing to multiply by. */
  times(value: string, factor: number, wanted: string): string {
    if (factor === 1) return value
    const constant = this.store(wanted, 'float32', [], Float32Array.of(factor))
    return this.add('Mul', [value, constant], `${wanted}_scaled`)
  }

  /** Adds a node with a new output, as near to the wanted name as is free. */
  add(opType: string, inputs: readonly string[], wanted: string, options: NodeOptions = {}): string {
    const output = this.names.take(wanted)
    this.push(opType, inputs, output, options)
    return output
  }

  push(
    opType: string,
    inputs: readonly string[],
    output: string,
    { domain = '', attributes = {} }: NodeOptions = {}
  ): void {
    this.nodes.push({
      name: output,
      opType,
      domain,
      inputs,
      outputs: [output],
      attributes: new Map(Object.entries(attributes))
    })
  }

  /**
   * Ends a layer: what `product` makes, plus beta · C for a Gemm that has a C, under the layer's own output name.
   *
   * - `product`  writes the product into the value that it is given.
   */
  finish(node: Node, { operator, nodeOutput: y }: LinearLayer, product: (output: string) => void): void {
    const bias = operator === 'Gemm' ? (node.inputs[2] ?? '') : ''
    if (bias === '') {
      product(y)
      return
    }
    const partial = this.names.take(`${y}.product`)
    product(partial)
    this.push('Add', [partial, this.times(bias, readFloat(node, 'beta', 1), `${y}.beta`)], y)
  }
}

/** The factor of a layer's product: a Gemm's alpha, 1 for a MatMul. */
export function productFactor(node: Node, { operator }: LinearLayer): number {
  return operator === 'Gemm' ? readFloat(node, 'alpha', 1) : 1
}
