import type { Model } from '../ir/model'
import { qualifiedName } from '../graph-path'
import { findLinearNode, type LinearNode } from './find-linear-node'
import { graphScopes, type GraphScope } from './graph-scope'
import type { LinearLayer, LinearRole } from './linear-layer'
import { roleFromNames, type NamedRole } from './roles-from-names'
import { rolesFromStructure, type StructuralRole } from './roles-from-structure'

/**
 * All linear layers of a model, those of subgraphs included, graph by graph in node order.
 *
 * A layer is a product of an activation by a stored floating-point weight:
 *
 * - MatMul whose right operand is a constant matrix, also behind Transpose, Identity or an exact Cast;
 * - Gemm without transA, its weight in either orientation;
 * - Conv with one group: a product at every position, of one position (pointwise) or of a patch over one or two axes;
 * - Gather of rows of a matrix by indices that are not constant: an embedding.
 *
 * A constant left operand (a fixed filter bank from the left) is not a layer. The bias is Gemm's C or Conv's B, or
 * the constant of an Add that is the product's only use.
 *
 * Roles come from structure and names. Structure decides which part of a block a layer is (attention, feed-forward,
 * pointwise, head); within one part, and where structure tells nothing, names decide. Block numbers come from
 * names where they have them and agree with the order of depth, else from structure. A Conv over patches is a `conv`
 * and a Gather an `embedding`, whatever their names; they have no block number and do not change those of others.
 * Deterministic; the weights' values are not touched.
 */
export function locateLinearLayers(model: Model): readonly LinearLayer[] {
  const found = graphScopes(model).flatMap((scope) => layersOfGraph(scope))
  const uses = countBy(found.map(({ layer }) => layer.weightHome))
  const names = countBy(found.map(({ layer }) => layer.node.name))
  return found.map(({ layer, role, blockIndex, attention }) => {
    const { node, scope, weightHome, ...facts } = layer
    const hasOwnName = node.name !== '' && names.get(node.name) === 1
    return {
      ...facts,
      id: hasOwnName ? node.name : qualifiedName(scope.path, layer.nodeOutput),
      role,
      blockIndex,
      attention,
      weightUses: uses.get(weightHome) ?? 1,
      graphPath: scope.path
    }
  })
}

interface PlacedLayer extends Pick<LinearLayer, 'role' | 'blockIndex' | 'attention'> {
  readonly layer: LinearNode
}

function layersOfGraph(scope: GraphScope): PlacedLayer[] {
  const found = scope.graph.nodes.flatMap((node) => findLinearNode(scope, node) ?? [])
  const layers = found.filter((layer) => ownRole(layer) === undefined)
  const structural = rolesFromStructure(scope, layers)
  const named = new Map(layers.map((layer) => [layer, roleFromNames(namesOf(layer))]))
  const blocks = blockNumbersFromNames(layers, named, structural)
  return found.map((layer) => {
    const own = ownRole(layer)
    if (own !== undefined) return { layer, role: own, attention: undefined, blockIndex: undefined }
    const structure = structural.get(layer)
    const role = agreedRole(structure, named.get(layer)?.role)
    return {
      layer,
      role,
      attention: structure?.attention,
      blockIndex: role === 'head' ? undefined : (blocks.get(layer) ?? structure?.blockIndex)
    }
  })
}

/** The role that the operator alone decides. */
function ownRole({ operator, window }: LinearNode): LinearRole | undefined {
  if (operator === 'Gather') return 'embedding'
  return window === undefined ? undefined : 'conv'
}

/** In order of trust: the node's own name, then its weight, whose name optimizers keep when they rename values. */
function namesOf(layer: LinearNode): readonly string[] {
  return [layer.node.name, layer.weightName, layer.nodeOutput, layer.output, layer.biasName ?? '']
}

const partOfRole: Readonly<Record<LinearRole, string>> = {
  q: 'attention',
  k: 'attention',
  v: 'attention',
  out: 'attention',
  fc1: 'feed-forward',
  fc2: 'feed-forward',
  pointwise: 'pointwise',
  conv: 'conv',
  embedding: 'embedding',
  head: 'head',
  other: 'other'
}

function agreedRole(structure: StructuralRole | undefined, named: LinearRole | undefined): LinearRole {
  if (structure === undefined) return named ?? 'other'
  if (named === undefined) return structure.role
  return partOfRole[named] === partOfRole[structure.role] ? named : structure.role
}

/**
 * Block numbers that names tell; none when they contradict the structure, as where an encoder and a decoder in one
 * graph both count from 0.
 *
 * Where containers nest (`encoders.1.layers.0`), the number is the order in which the pairs appear, because the
 * inner number alone repeats.
 */
function blockNumbersFromNames(
  layers: readonly LinearNode[],
  named: ReadonlyMap<LinearNode, NamedRole>,
  structural: ReadonlyMap<LinearNode, StructuralRole>
): ReadonlyMap<LinearNode, number> {
  const paths = layers.flatMap((layer) => {
    const blocks = named.get(layer)?.blocks ?? []
    return blocks.length === 0 ? [] : [{ layer, blocks }]
  })
  const order = [...new Set(paths.map(({ blocks }) => blocks.join('.')))]
  const isNested = paths.some(({ blocks }) => blocks.length > 1)
  const numbers = new Map(
    paths.map(({ layer, blocks }) => [layer, isNested ? order.indexOf(blocks.join('.')) : blocks[0]!])
  )
  return isOneToOne(numbers, structural) ? numbers : new Map()
}

/** Whether equal structural numbers go with equal named ones, and different with different. */
function isOneToOne(
  numbers: ReadonlyMap<LinearNode, number>,
  structural: ReadonlyMap<LinearNode, StructuralRole>
): boolean {
  const pairs = new Set<string>()
  const named = new Set<number>()
  const counted = new Set<number>()
  for (const [layer, number] of numbers) {
    const block = structural.get(layer)?.blockIndex
    if (block === undefined) continue
    pairs.add(`${block}:${number}`)
    named.add(number)
    counted.add(block)
  }
  return pairs.size === named.size && pairs.size === counted.size
}

function countBy(keys: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}
