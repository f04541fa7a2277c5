/**
 * Attention found by its shape: out(softmax(q · kᵀ + mask) · v).
 *
 * From each Softmax back to the product of two activations, whose factors lead to the q and k layers; forward to the
 * product with the values, which leads to the v layer and on to the out layer. Fused operators name their inputs.
 */
import type { Node } from '../ir/model'
import type { LinearNode } from './find-linear-node'
import type { GraphScope } from './graph-scope'
import { nearestAfter, nearestBefore, sourceOf } from './trace'
import { contributedDomain, isStandardOperator } from '../ir/operator-domains'

/** One attention of a graph. A layer is undefined where keys or values come from a cache or an input. */
export interface AttentionUnit {
  readonly q: LinearNode | undefined
  readonly k: LinearNode | undefined
  readonly v: LinearNode | undefined
  readonly out: LinearNode | undefined
  readonly attention: 'self' | 'cross'
  /** Position of its Softmax or fused node in the graph. */
  readonly position: number
}

/** The linear layers of one graph, by every value that leaves them and by the node that multiplies. */
export interface LayerLookup {
  readonly byValue: ReadonlyMap<string, LinearNode>
  readonly byNode: ReadonlyMap<Node, LinearNode>
}

/** Every attention of the graph, in order. */
export function findAttentions(scope: GraphScope, layers: LayerLookup): readonly AttentionUnit[] {
  return scope.graph.nodes.flatMap((node, position) => {
    const unit = fusedAttention(scope, layers, node) ?? softmaxAttention(scope, layers, node)
    if (unit === undefined) return []
    const { q, k, v } = unit
    // A merged projection is one layer with several roles, which is none of them.
    const isMerged = (layer: LinearNode | undefined) =>
      layer !== undefined && [q, k, v].filter((other) => other === layer).length > 1
    const parts = {
      q: isMerged(q) ? undefined : q,
      k: isMerged(k) ? undefined : k,
      v: isMerged(v) ? undefined : v,
      out: unit.out
    }
    if (Object.values(parts).every((part) => part === undefined)) return []
    return [{ ...parts, attention: isMerged(q) ? 'self' : kindOf(scope, q, k), position }]
  })
}

type Parts = Pick<AttentionUnit, 'q' | 'k' | 'v' | 'out'>

/** Keys of the same activation as the queries make self-attention; cached keys alone are those of another sequence. */
function kindOf(scope: GraphScope, q: LinearNode | undefined, k: LinearNode | undefined): 'self' | 'cross' {
  if (q === undefined || k === undefined) return 'cross'
  return sourceOf(scope, q.input) === sourceOf(scope, k.input) ? 'self' : 'cross'
}

function softmaxAttention(scope: GraphScope, layers: LayerLookup, node: Node): Parts | undefined {
  if (node.opType !== 'Softmax') return undefined
  const scores = nearestBefore(scope, node.inputs[0] ?? '', (value, producer) => {
    if (layers.byValue.has(value)) return 'layer'
    return producer !== undefined && isMatrixProduct(producer) ? producer : undefined
  })[0]
  if (scores === undefined || scores === 'layer') return undefined
  const weighted = nearestAfter(scope, node.outputs[0] ?? '', (consumer, value) => {
    if (layers.byNode.has(consumer)) return 'layer'
    return isMatrixProduct(consumer) ? { product: consumer, attention: value } : undefined
  })[0]
  if (weighted === undefined || weighted === 'layer') return undefined
  const [left, right] = weighted.product.inputs
  const values = left === weighted.attention ? right : left
  return {
    q: layerBefore(scope, layers, scores.inputs[0]),
    k: layerBefore(scope, layers, scores.inputs[1]),
    v: layerBefore(scope, layers, values),
    out: layerAfter(scope, layers, weighted.product.outputs[0])
  }
}

/** Whether a node is a whole attention with q, k and v as its first three inputs. */
export function isFusedAttention(node: Node): boolean {
  const isStandard = node.opType === 'Attention' && isStandardOperator(node)
  return isStandard || (node.opType === 'MultiHeadAttention' && node.domain === contributedDomain)
}

function fusedAttention(scope: GraphScope, layers: LayerLookup, node: Node): Parts | undefined {
  if (!isFusedAttention(node)) return undefined
  return {
    q: layerBefore(scope, layers, node.inputs[0]),
    k: layerBefore(scope, layers, node.inputs[1]),
    v: layerBefore(scope, layers, node.inputs[2]),
    out: layerAfter(scope, layers, node.outputs[0])
  }
}

/** Whether a node multiplies two values; a product with a stored weight is a layer instead. */
export function isMatrixProduct(node: Node): boolean {
  return ['MatMul', 'Einsum', 'FusedMatMul'].includes(node.opType)
}

/** The one layer that `value` comes from; undefined when there is none or several are equally near. */
function layerBefore(scope: GraphScope, layers: LayerLookup, value = ''): LinearNode | undefined {
  const found = nearestBefore(scope, value, (candidate) => layers.byValue.get(candidate))
  return found.length === 1 ? found[0] : undefined
}

function layerAfter(scope: GraphScope, layers: LayerLookup, value = ''): LinearNode | undefined {
  const found = nearestAfter(scope, value, (consumer) => layers.byNode.get(consumer))
  return found.length === 1 ? found[0] : undefined
}
