import { readInt } from './ir/attribute'
import { elementCount } from './ir/tensor'
import type { Graph, Model, Node } from './ir/model'
import { firstOutput, namedSubgraphs, qualifiedName, subgraphPath, type GraphPath } from './graph-path'
import { shapeOf, type ShapeTable } from './shapes/infer-shapes'

export interface MacCount {
  /** Multiply-accumulates of one run for the input shapes that `shapes` was inferred with. */
  readonly total: number
  /** By the first output of each counted node, qualified in subgraphs (`qualifiedName`). */
  readonly perNode: ReadonlyMap<string, number>
  /** Qualified outputs of product nodes that were not counted because a size is unknown. */
  readonly uncounted: readonly string[]
}

/**
 * The multiply-accumulates of matrix products: one for each multiplication followed by an addition.
 *
 *   MatMul, MatMulInteger, Gemm   output elements · inner size
 *   Conv                          output elements · (channels / group) · kernel elements
 *   MatMulNBits                   output elements · K
 *   MultiHeadAttention            batch · frames · key frames · (width + width of values), both its products
 *   LSTM, GRU, RNN                frames · batch · directions · gates · hidden · (in + hidden)
 *
 * Elementwise work, normalizations, softmax, biases and gathers are not counted: in speech models they are a few
 * percent. Of the branches of an If the costlier one is in `total`, since one of them runs; both are in `perNode`. A
 * Loop or Scan body counts once, because the number of iterations is not a property of the model.
 */
export function countMacs(model: Model, shapes: ShapeTable): MacCount {
  const perNode = new Map<string, number>()
  const uncounted: string[] = []

  function countGraph(graph: Graph, path: GraphPath): number {
    return graph.nodes.reduce((sum, node) => sum + countNode(node, path), 0)
  }

  function countNode(node: Node, path: GraphPath): number {
    const inner = namedSubgraphs(node).map(({ name, graph }) =>
      countGraph(graph, subgraphPath(path, node, name))
    )
    if (inner.length > 0) return inner.reduce((most, macs) => Math.max(most, macs))
    const counter = Object.hasOwn(counters, node.opType) ? counters[node.opType] : undefined
    if (counter === undefined) return 0
    const macs = counter(node, (value) => shapeOf(shapes, value, path)?.dims)
    const key = qualifiedName(path, firstOutput(node))
    if (macs === undefined) {
      uncounted.push(key)
      return 0
    }
    perNode.set(key, macs)
    return macs
  }

  return { total: countGraph(model.graph, []), perNode, uncounted }
}

type Dims = readonly (number | undefined)[] | undefined
type MacCounter = (node: Node, dimsOf: (value: string) => Dims) => number | undefined

/** Output elements times the size of an axis of the input at `inputIndex`. */
function product(inputIndex: number, axisOf: (node: Node, rank: number) => number): MacCounter {
  return (node, dimsOf) => {
    const input = dimsOf(node.inputs[inputIndex] ?? '')
    return times(elements(dimsOf(firstOutput(node))), input?.[axisOf(node, input.length)])
  }
}

const matmul = product(0, (_, rank) => rank - 1)

function convolution(weightIndex: number): MacCounter {
  return (node, dimsOf) => {
    const weight = dimsOf(node.inputs[weightIndex] ?? '')
    return times(elements(dimsOf(firstOutput(node))), elements(weight?.slice(1)))
  }
}

function recurrence(gates: number): MacCounter {
  return (node, dimsOf) => {
    const input = dimsOf(node.inputs[0] ?? '')
    const recurrent = dimsOf(node.inputs[2] ?? '')
    const hidden = recurrent?.[2]
    const inFeatures = input?.[2]
    if (hidden === undefined || inFeatures === undefined) return undefined
    return times(elements([input?.[0], input?.[1], recurrent?.[0]]), gates * hidden * (inFeatures + hidden))
  }
}

/** Scores and their products with the values; keys and values [batch, frames, width]. */
const fusedAttention: MacCounter = (node, dimsOf) => {
  const [query, key, value] = [0, 1, 2].map((place) => dimsOf(node.inputs[place] ?? ''))
  const [width, valueWidth] = [query?.[2], value?.[2]]
  if (key?.length !== 3 || value?.length !== 3 || width === undefined || valueWidth === undefined)
    return undefined
  return times(elements([query?.[0], query?.[1], key[1]]), width + valueWidth)
}

const counters: Readonly<Record<string, MacCounter>> = {
  MatMul: matmul,
  FusedMatMul: product(0, (node, rank) => rank - (readInt(node, 'transA', 0) === 1 ? 2 : 1)),
  MatMulInteger: matmul,
  MatMulIntegerToFloat: matmul,
  DynamicQuantizeMatMul: matmul,
  QLinearMatMul: matmul,
  MatMulNBits: matmul,
  Gemm: product(0, (node) => (readInt(node, 'transA', 0) === 1 ? 0 : 1)),
  Conv: convolution(1),
  FusedConv: convolution(1),
  ConvInteger: convolution(1),
  QLinearConv: convolution(3),
  MultiHeadAttention: fusedAttention,
  LSTM: recurrence(4),
  GRU: recurrence(3),
  RNN: recurrence(1)
}

function elements(dims: Dims): number | undefined {
  return dims?.every((dim) => dim !== undefined) ? elementCount(dims) : undefined
}

/** Undefined also where absurd sizes make a number that nothing can count to. */
function times(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return undefined
  return Number.isFinite(a * b) ? a * b : undefined
}
