/**
 * Projections that several linear layers of an attention were packed into: one product whose output is cut into queries,
 * keys and values.
 *
 * Exporters cut in many ways: Split or Slices of the features; a Reshape to [batch, time, 3, heads, width], a Transpose and
 * Gathers (timm, KWT); Unsqueeze, Transpose, Squeeze and Gathers (torch.nn.MultiheadAttention); or within each head,
 * [batch, time, heads, 3 · width] (Megatron). All are followed by the same rule: which features does each cut pick?
 */
import { readInt } from '../ir/attribute'
import type { Node } from '../ir/model'
import { elementCount } from '../ir/tensor'
import { shapeOf, type ShapeTable } from '../shapes/infer-shapes'
import { isFusedAttention, isMatrixProduct } from './attention-structure'
import { factorSelection, movedAxes, type FactorRange, type FeatureAxes } from './feature-axes'
import type { GraphScope } from './graph-scope'
import type { LinearLayer } from './linear-layer'
import { isPassingOrNormalizing, nearestAfter } from './trace'
import { isStandardOperator } from '../ir/operator-domains'

/** A node between the packed layer and its cuts. */
export interface PackedStep {
  /** `move`: Reshape, Transpose and the like. `shape`: asks for the shape. `cut`: picks parts. */
  readonly kind: 'move' | 'shape' | 'cut'
  readonly node: Node
  /** Of the node's first input. */
  readonly axes: FeatureAxes
  /** Of the output of a `move`. */
  readonly movedAxes?: FeatureAxes
}

/** One value that a cut gives. */
export interface PackedCut {
  readonly node: Node
  readonly output: string
  /** Which of the parts it is. */
  readonly part: number
}

/** A layer that holds several projections. */
export interface PackedProjection {
  readonly layer: LinearLayer
  /** Every node that reads the packed values, by the node. */
  readonly steps: ReadonlyMap<Node, PackedStep>
  readonly cuts: readonly PackedCut[]
  /** The factors of the features where they are cut, and the factor along which. */
  readonly factors: readonly number[]
  readonly factor: number
  /** Two or three, disjoint, in order. */
  readonly parts: readonly FactorRange[]
}

/** Nodes between a layer and its cuts: exporters leave about ten, a hostile model as many as it likes. */
const mostSteps = 100

/** More parts than queries, keys and values are heads or gates, not projections. */
const mostParts = 3

/**
 * The packed projections among `layers` of the main graph.
 *
 * A layer is one when all its uses end in cuts along one axis of its features, into two or three disjoint parts, and
 * each part goes to factors of attention products of its own. Halves of one projection, as rotary embeddings make them, go
 * to the same factor; gates go to none.
 *
 * - `layers`  all those of the main graph.
 */
export function findPackedProjections(
  scope: GraphScope,
  layers: readonly LinearLayer[],
  shapes: ShapeTable
): PackedProjection[] {
  const nodes = new Set(layers.map(({ nodeOutput }) => scope.index.producer(nodeOutput)))
  return layers.flatMap((layer) => {
    if (layer.operator !== 'MatMul' && layer.operator !== 'Gemm') return []
    const packed = new PackedTrace(scope, shapes, layer).packed()
    return packed !== undefined && servesAttention(scope, packed, nodes) ? [packed] : []
  })
}

interface Cut {
  readonly node: Node
  readonly output: string
  readonly range: FactorRange
}

/** Follows the output of one layer to its cuts. */
class PackedTrace {
  readonly #scope: GraphScope
  readonly #shapes: ShapeTable
  readonly #layer: LinearLayer
  readonly #steps = new Map<Node, PackedStep>()
  readonly #cuts: Cut[] = []
  #place: { readonly factors: readonly number[]; readonly factor: number } | undefined

  constructor(scope: GraphScope, shapes: ShapeTable, layer: LinearLayer) {
    this.#scope = scope
    this.#shapes = shapes
    this.#layer = layer
  }

  packed(): PackedProjection | undefined {
    const { output, outFeatures } = this.#layer
    const rank = shapeOf(this.#shapes, output)?.dims.length
    if (rank === undefined) return undefined
    const axes = Array.from({ length: rank }, (_, axis) => (axis === rank - 1 ? 0 : undefined))
    const isFollowed = this.#follow(output, { axes, factors: [outFeatures] })
    if (!isFollowed || this.#place === undefined || !this.#isConsistent(this.#place)) return undefined
    const parts = distinctRanges(this.#cuts.map(({ range }) => range))
    const isDisjoint = parts.every(
      ({ start, end }, part) => start < end && start >= (parts[part - 1]?.end ?? 0)
    )
    if (!isDisjoint || parts.length < 2 || parts.length > mostParts) return undefined
    const cuts = this.#cuts.map(({ node, output: cut, range }) => ({
      node,
      output: cut,
      part: parts.findIndex(({ start }) => start === range.start)
    }))
    return { layer: this.#layer, steps: this.#steps, cuts, ...this.#place, parts }
  }

  /** Whether every value on the way has its features whole, or split as they are where they are cut. */
  #isConsistent({ factors }: { readonly factors: readonly number[] }): boolean {
    const isKnown = (axes: FeatureAxes) => axes.factors.length === 1 || axes.factors.join() === factors.join()
    return [...this.#steps.values()].every(
      (step) => isKnown(step.axes) && isKnown(step.movedAxes ?? step.axes)
    )
  }

  /** Whether every use of `value` was understood. */
  #follow(value: string, axes: FeatureAxes): boolean {
    const { index } = this.#scope
    if (index.isGraphOutput(value) || this.#steps.size > mostSteps) return false
    return index.consumers(value).every((node) => {
      const isData = node.inputs[0] === value && node.inputs.indexOf(value, 1) < 0
      return isData && isStandardOperator(node) && this.#step(node, axes)
    })
  }

  #step(node: Node, axes: FeatureAxes): boolean {
    if (node.opType === 'Shape') {
      this.#steps.set(node, { kind: 'shape', node, axes })
      if (!asksForPartOfShape(node)) return true
      const end = node.attributes.has('end') ? readInt(node, 'end', 0) : undefined
      return axes.axes.slice(readInt(node, 'start', 0), end).every((factor) => factor === undefined)
    }
    const output = node.outputs[0] ?? ''
    const moved = movedAxes(this.#scope.index, node, axes, shapeOf(this.#shapes, output)?.dims)
    if (moved !== undefined) {
      this.#steps.set(node, { kind: 'move', node, axes, movedAxes: moved })
      return this.#follow(output, moved)
    }
    return this.#cut(node, axes)
  }

  #cut(node: Node, axes: FeatureAxes): boolean {
    const { index } = this.#scope
    const selection = factorSelection(index, node, axes)
    if (selection === undefined) return false
    const { factor, ranges } = selection
    const { factors } = axes
    this.#place ??= { factors, factor }
    const isSamePlace = this.#place.factor === factor && this.#place.factors.join() === factors.join()
    if (!isSamePlace) return false
    this.#steps.set(node, { kind: 'cut', node, axes })
    for (const [position, output] of node.outputs.entries()) {
      const isUsed = output !== '' && (index.consumers(output).length > 0 || index.isGraphOutput(output))
      if (isUsed) this.#cuts.push({ node, output, range: ranges[position]! })
    }
    return true
  }
}

/** Whether a Shape gives some of the sizes only; among them must be none of a feature axis. */
export function asksForPartOfShape(node: Node): boolean {
  return node.attributes.has('start') || node.attributes.has('end')
}

/** The axis along which a value is cut, and its size in one part. While the features are whole, it is their axis. */
export function partAxis(
  { parts, factors, factor }: PackedProjection,
  { axes, factors: valueFactors }: FeatureAxes,
  part: number
): { readonly axis: number; readonly size: number } {
  const { start, end } = parts[part]!
  const length = end - start
  if (valueFactors.length === factors.length) return { axis: axes.indexOf(factor), size: length }
  return { axis: axes.indexOf(0), size: (elementCount(factors) / factors[factor]!) * length }
}

function distinctRanges(ranges: readonly FactorRange[]): FactorRange[] {
  const distinct = new Map(ranges.map((range) => [`${range.start} ${range.end}`, range]))
  return [...distinct.values()].sort((a, b) => a.start - b.start)
}

/** Whether every part reaches factors of products of activations, and no two parts the same factor. */
function servesAttention(
  scope: GraphScope,
  { cuts, parts }: PackedProjection,
  layerNodes: ReadonlySet<Node | undefined>
): boolean {
  const seen = new Set<string>()
  return parts.every((_, part) => {
    const reached = cuts
      .filter((cut) => cut.part === part)
      .flatMap(({ output }) =>
        nearestAfter(
          scope,
          output,
          (consumer, value) => {
            if (layerNodes.has(consumer)) return 'layer'
            if (!isMatrixProduct(consumer) && !isFusedAttention(consumer)) return undefined
            return `${consumer.outputs[0]} ${consumer.inputs.indexOf(value)}`
          },
          isPassingOrNormalizing
        )
      )
    const isOwn = reached.length > 0 && reached.every((factor) => factor !== 'layer' && !seen.has(factor))
    for (const factor of reached) seen.add(factor)
    return isOwn
  })
}
