/**
 * Packed projections apart: one product by [in, 3d] whose output is cut into q, k and v becomes three by [in, d].
 *
 *   Split(MatMul(x, W) + b)                  ->  MatMul(x, W_q) + b_q, MatMul(x, W_k) + b_k, ...
 *   Gather(Transpose(Reshape(x·W)), part)    ->  Gather(Transpose(Reshape'(x·W_part)), 0)
 *
 * Each part takes its columns of W and its elements of the bias as they are stored, so the function is the same; what
 * stands between the product and the cut is repeated for each part, with the size of the axis that was cut in its
 * shapes. The values behind the cuts keep their names. A low rank of each part is then its own, with its own role.
 */
import { WorkbenchError } from '@contract/errors'
import { indexGraph, type GraphIndex } from '../graph-index'
import { intAttribute } from '../ir/attribute'
import type { Attribute, Graph, Model, Node } from '../ir/model'
import { float32Tensor, int64Tensor, type Tensor, type TensorValues } from '../ir/tensor'
import { selectedFeatures } from '../linear-layer/feature-axes'
import { graphScopes } from '../linear-layer/graph-scope'
import type { LinearLayer } from '../linear-layer/linear-layer'
import { locateLinearLayers } from '../linear-layer/locate-linear-layers'
import {
  asksForPartOfShape,
  findPackedProjections,
  partAxis,
  type PackedProjection,
  type PackedStep
} from '../linear-layer/packed-projections'
import { readBias, valuesFromWeight } from '../linear-layer/read-weight'
import { storedIntegers } from '../linear-layer/stored-integers'
import { inferShapes, shapeOf, type ShapeTable } from '../shapes/infer-shapes'
import { FreshNames } from './fresh-names'
import { withRoleNames, type PartProduct } from './name-parts-by-role'
import type { PassResult } from './pass'
import { removeUnused } from './remove-unused'
import { rewriteObstacle } from './rewrite-obstacle'

/**
 * The model with every packed projection of its main graph taken apart (`findPackedProjections`).
 *
 * The new nodes bear the packed one's name and their role, `/attn/qkv/MatMul.q`; where roles are not clear, a number.
 * Left packed are layers that other layers share their weight with, and what cannot be rewritten at all.
 *
 * Deterministic; a model without packed projections is returned as it is.
 */
export function unpackProjections(model: Model): PassResult {
  let current = model
  // A part may itself be packed: first q from k and v, then k from v.
  for (;;) {
    const { model: unpacked, modified } = unpackOnce(current)
    if (!modified) return { model: current, modified: current !== model }
    current = unpacked
  }
}

function unpackOnce(model: Model): PassResult {
  const [scope] = graphScopes(model)
  const layers = locateLinearLayers(model).filter(({ graphPath }) => graphPath.length === 0)
  const shapes = shapesOf(model)
  if (scope === undefined || shapes === undefined) return { model, modified: false }
  const packed = findPackedProjections(scope, layers, shapes).filter(({ layer }) =>
    isUnpackable(scope.index, layer)
  )
  if (packed.length === 0) return { model, modified: false }
  const rewrite = new UnpackRewrite(model, shapes)
  for (const projection of packed) rewrite.unpack(projection)
  const nodes = model.graph.nodes.flatMap((node) => rewrite.replacement(node) ?? [node])
  const graph: Graph = { ...model.graph, nodes, initializers: rewrite.initializers }
  const unpacked = removeUnused({ ...model, graph }).model
  return { model: withRoleNames(unpacked, rewrite.products), modified: true }
}

/** A model whose shapes contradict each other stays packed: whoever runs it or counts its operations says what is wrong. */
function shapesOf(model: Model): ShapeTable | undefined {
  try {
    return inferShapes(model)
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'invalid-input') return undefined
    throw error
  }
}

function isUnpackable(index: GraphIndex, layer: LinearLayer): boolean {
  if (layer.weightUses > 1 || rewriteObstacle(index, layer) !== undefined) return false
  // A Gemm's C that is not one value per feature cannot be cut with the features.
  const addend = index.producer(layer.nodeOutput)?.inputs[2] ?? ''
  return addend === '' || layer.biasName !== undefined
}

class UnpackRewrite {
  readonly initializers: Map<string, Tensor>
  /** By the output of the node. */
  readonly products = new Map<string, PartProduct>()
  readonly #model: Model
  readonly #shapes: ShapeTable
  readonly #index: GraphIndex
  readonly #names: FreshNames
  readonly #replacements = new Map<Node, Node[]>()

  constructor(model: Model, shapes: ShapeTable) {
    this.#model = model
    this.#shapes = shapes
    this.#index = indexGraph(model.graph)
    this.initializers = new Map(model.graph.initializers)
    this.#names = new FreshNames(model)
  }

  /** The nodes that take the place of `node`; undefined when it stays. */
  replacement(node: Node): readonly Node[] | undefined {
    return this.#replacements.get(node)
  }

  unpack(projection: PackedProjection): void {
    const names = this.#partNames(projection)
    this.#replaceProduct(projection, names)
    for (const step of projection.steps.values()) {
      const replacement: Node[] = []
      this.#replacements.set(step.node, replacement)
      if (step.kind === 'move') this.#move(projection, step, names, replacement)
      else if (step.kind === 'shape') this.#askShape(projection, step, names, replacement)
      else this.#cut(projection, step, names, replacement)
    }
  }

  /**
   * What a value of the packed layer is called in each part. A Split or Slice that is left with nothing to cut goes, and
   * what it was given takes the name of what it gave.
   */
  #partNames({ cuts, parts }: PackedProjection): PartNames {
    const known = parts.map(() => new Map<string, string>())
    for (const { node, output, part } of cuts) {
      const value = node.inputs[0] ?? ''
      if (node.opType !== 'Gather' && !known[part]!.has(value)) known[part]!.set(value, output)
    }
    return (part, value) => {
      const name = known[part]!.get(value) ?? this.#names.take(`${value}.${part}`)
      known[part]!.set(value, name)
      return name
    }
  }

  #replaceProduct({ layer, parts, factors, factor }: PackedProjection, names: PartNames): void {
    const { nodeOutput, output, biasName, inFeatures } = layer
    const product = this.#index.producer(nodeOutput)!
    const bias = readBias(this.#model, layer)
    const add = output === nodeOutput ? undefined : this.#index.producer(output)
    const packedName = product.name === '' ? nodeOutput : product.name
    const [products, adds]: [Node[], Node[]] = [[], []]
    parts.forEach((range, part) => {
      const columns = selectedFeatures(factors, factor, range)
      const cutWeight = valuesFromWeight(this.#model, layer, ({ data }) =>
        cutColumns(data, inFeatures, columns)
      )
      const w = this.#store(`${layer.weightName}.${part}`, [inFeatures, columns.length], cutWeight)
      const b = bias && this.#store(`${biasName}.${part}`, [columns.length], cutColumns(bias, 1, columns))
      const partOutput = names(part, nodeOutput)
      this.products.set(partOutput, { packedName, part })
      const ownBias = add === undefined && b !== undefined ? [b] : []
      products.push({
        ...product,
        name: `${packedName}.${part}`,
        inputs: [layer.input, w, ...ownBias],
        outputs: [partOutput],
        attributes: new Map([...product.attributes].filter(([name]) => name !== 'transB'))
      })
      if (add === undefined) return
      const inputs = add.inputs.map((input) => (input === nodeOutput ? partOutput : b!))
      adds.push({ ...copyOf(add, part), inputs, outputs: [names(part, output)] })
    })
    this.#replacements.set(product, products)
    if (add !== undefined) this.#replacements.set(add, adds)
  }

  #move(
    projection: PackedProjection,
    { node, movedAxes }: PackedStep,
    names: PartNames,
    nodes: Node[]
  ): void {
    const [input = '', ...others] = node.inputs
    const shapes = new Map<number, string>()
    projection.parts.forEach((_, part) => {
      let rest: readonly string[] = others
      if (node.opType === 'Reshape' && movedAxes !== undefined) {
        const { axis, size } = partAxis(projection, movedAxes, part)
        const shape =
          shapes.get(size) ?? this.#withEntry(others[0] ?? '', movedAxes.axes.length, { axis, size }, nodes)
        shapes.set(size, shape)
        rest = [shape]
      }
      const inputs = [names(part, input), ...rest]
      nodes.push({ ...copyOf(node, part), inputs, outputs: [names(part, node.outputs[0] ?? '')] })
    })
  }

  /** The shape that the packed value had: that of the first part, with the size of the cut axis put back. */
  #askShape(projection: PackedProjection, { node, axes }: PackedStep, names: PartNames, nodes: Node[]): void {
    const [input = ''] = node.inputs
    const value = names(0, input)
    if (asksForPartOfShape(node)) {
      nodes.push({ ...node, inputs: [value] })
      return
    }
    const shape = this.#names.take(`${node.outputs[0]}.0`)
    nodes.push({ ...copyOf(node, 0), inputs: [value], outputs: [shape] })
    const { axis } = partAxis(projection, axes, 0)
    const size = axes.factors[axes.axes[axis]!]!
    this.#withEntry(shape, axes.axes.length, { axis, size }, nodes, node.outputs[0])
  }

  #cut(projection: PackedProjection, { node }: PackedStep, names: PartNames, nodes: Node[]): void {
    const [input = '', pick = ''] = node.inputs
    for (const { output, part } of projection.cuts.filter((cut) => cut.node === node)) {
      const value = names(part, input)
      if (node.opType === 'Gather') {
        const dims = shapeOf(this.#shapes, pick)?.dims.map(() => 1) ?? []
        nodes.push({ ...node, inputs: [value, this.#storeIntegers(`${output}.first`, dims, [0])] })
      } else if (value !== output) {
        nodes.push(plainNode('Identity', [value], output))
      }
    }
  }

  /** The shape vector `value` of `rank` entries with one of them replaced. */
  #withEntry(
    value: string,
    rank: number,
    { axis, size }: { readonly axis: number; readonly size: number },
    nodes: Node[],
    wanted?: string
  ): string {
    const entries = storedIntegers(this.#index, value)
    if (entries !== undefined) {
      return this.#storeIntegers(`${value}.part`, [rank], entries.with(axis, size))
    }
    const entry = this.#storeIntegers(`${value}.entry`, [1], [size])
    const picked = (first: number, end: number, name: string) => {
      if (first === end) return []
      const places = Array.from({ length: end - first }, (_, place) => first + place)
      const output = this.#names.take(`${value}.${name}`)
      nodes.push(
        plainNode('Gather', [value, this.#storeIntegers(`${output}.places`, [places.length], places)], output)
      )
      return [output]
    }
    const output = wanted ?? this.#names.take(`${value}.part`)
    const pieces = [...picked(0, axis, 'before'), entry, ...picked(axis + 1, rank, 'after')]
    nodes.push(plainNode('Concat', pieces, output, { axis: intAttribute(0) }))
    return output
  }

  #store(wanted: string, dims: readonly number[], values: TensorValues<Float32Array>): string {
    const name = this.#names.take(wanted)
    this.initializers.set(name, float32Tensor(name, dims, values))
    return name
  }

  #storeIntegers(wanted: string, dims: readonly number[], values: readonly number[]): string {
    const name = this.#names.take(wanted)
    this.initializers.set(name, int64Tensor(name, dims, values))
    return name
  }
}

type PartNames = (part: number, value: string) => string

/** Columns of a row-major matrix, as float32: what it held, for the product is in float32. */
function cutColumns(values: Float64Array, rows: number, columns: readonly number[]): Float32Array {
  const width = values.length / rows
  const result = new Float32Array(rows * columns.length)
  for (let row = 0; row < rows; row++) {
    columns.forEach((column, index) => {
      result[row * columns.length + index] = values[row * width + column]!
    })
  }
  return result
}

function copyOf(node: Node, part: number): Node {
  return { ...node, name: node.name === '' ? '' : `${node.name}.${part}` }
}

/** A node without a name: the runtime refuses two nodes of one name. */
function plainNode(
  opType: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, Attribute>> = {}
): Node {
  return {
    name: '',
    opType,
    domain: '',
    inputs,
    outputs: [output],
    attributes: new Map(Object.entries(attributes))
  }
}
