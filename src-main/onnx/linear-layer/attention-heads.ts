/** How an attention is divided into heads, told by the shapes around its product of queries and keys. */
import { readInt } from '../ir/attribute'
import type { Model, Node } from '../ir/model'
import { qualifiedName } from '../graph-path'
import { shapeOf, type ShapeTable } from '../shapes/infer-shapes'
import { findAttentions, isFusedAttention, isMatrixProduct } from './attention-structure'
import { findLinearNode, type LinearNode } from './find-linear-node'
import { graphScopes, type GraphScope } from './graph-scope'
import type { LinearLayer } from './linear-layer'
import { nearestBefore } from './trace'

/** The layers of one attention. A layer is undefined where it could not be told. */
export interface LocatedAttention {
  readonly q: LinearLayer | undefined
  readonly k: LinearLayer | undefined
  readonly v: LinearLayer | undefined
  readonly out: LinearLayer | undefined
  /** Features of one head of the queries; undefined when the graph does not tell. */
  readonly headFeatures: number | undefined
}

/**
 * The attention that `layer` is a part of; undefined when it is a part of none.
 *
 * - `layers` of `model`, as `locateLinearLayers` gives them.
 * - `shapes` of the model's values.
 *
 * The features of a head are the last axis of what is multiplied by the keys. Fused operators name their heads.
 */
export function attentionOfLayer(
  model: Model,
  layers: readonly LinearLayer[],
  layer: LinearLayer,
  shapes: ShapeTable
): LocatedAttention | undefined {
  const byOutput = new Map(layers.map((each) => [qualifiedName(each.graphPath, each.nodeOutput), each]))
  for (const scope of graphScopes(model)) {
    const located = (found: LinearNode | undefined) =>
      found && byOutput.get(qualifiedName(scope.path, found.nodeOutput))
    for (const unit of findAttentions(scope, layerLookup(scope))) {
      const [q, k, v, out] = [located(unit.q), located(unit.k), located(unit.v), located(unit.out)]
      if (![q, k, v, out].includes(layer)) continue
      const node = scope.graph.nodes[unit.position]
      return { q, k, v, out, headFeatures: node && headFeaturesAt(scope, node, q, shapes) }
    }
  }
  return undefined
}

/** Layers of one graph that can be a part of an attention: neither embeddings nor convolutions over patches. */
function layerLookup(scope: GraphScope): Parameters<typeof findAttentions>[1] {
  const found = scope.graph.nodes
    .flatMap((node) => findLinearNode(scope, node) ?? [])
    .filter(({ operator, window }) => operator !== 'Gather' && window === undefined)
  return {
    byValue: new Map(
      found.flatMap((layer) => [layer.nodeOutput, layer.output].map((value) => [value, layer]))
    ),
    byNode: new Map(found.map((layer) => [layer.node, layer]))
  }
}

function headFeaturesAt(
  scope: GraphScope,
  node: Node,
  q: LinearLayer | undefined,
  shapes: ShapeTable
): number | undefined {
  if (isFusedAttention(node)) {
    const heads = readInt(node, node.opType === 'Attention' ? 'q_num_heads' : 'num_heads', 0)
    return q === undefined || heads === 0 ? undefined : q.outFeatures / heads
  }
  const [scores] = nearestBefore(scope, node.inputs[0] ?? '', (_, producer) =>
    producer !== undefined && isMatrixProduct(producer) ? producer : undefined
  )
  // The axes of an Einsum can stand in any order.
  if (scores === undefined || scores.opType === 'Einsum') return undefined
  return shapeOf(shapes, scores.inputs[0] ?? '', scope.path)?.dims.at(-1)
}
