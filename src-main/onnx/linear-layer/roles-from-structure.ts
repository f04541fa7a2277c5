/**
 * Roles that the graph itself tells, whatever its names: attention from its Softmax, feed-forward pairs from the
 * activation between them, heads from the way to an output of the model.
 */
import type { Node } from '../ir/model'
import { findAttentions, type AttentionUnit, type LayerLookup } from './attention-structure'
import { numberBlocks, type BlockPart } from './block-numbers'
import type { LinearNode } from './find-linear-node'
import type { GraphScope } from './graph-scope'
import type { LinearLayer, LinearRole } from './linear-layer'
import { findStoredConstant } from './stored-constant'
import { isPassing, nearestAfter } from './trace'

export interface StructuralRole {
  readonly role: LinearRole
  readonly attention: LinearLayer['attention']
  readonly blockIndex: number | undefined
}

/** The roles of the linear layers of one graph; a layer whose structure tells nothing is absent. */
export function rolesFromStructure(
  scope: GraphScope,
  layers: readonly LinearNode[]
): ReadonlyMap<LinearNode, StructuralRole> {
  const lookup: LayerLookup = {
    byValue: new Map(
      layers.flatMap((layer) => [layer.nodeOutput, layer.output].map((value) => [value, layer]))
    ),
    byNode: new Map(layers.map((layer) => [layer.node, layer]))
  }
  const roles = new Map<LinearNode, Omit<StructuralRole, 'blockIndex'>>()
  const give = (layer: LinearNode | undefined, role: LinearRole, attention?: 'self' | 'cross') => {
    if (layer !== undefined && !roles.has(layer)) roles.set(layer, { role, attention })
  }
  const attentions = findAttentions(scope, lookup)
  for (const unit of attentions) {
    for (const role of ['q', 'k', 'v', 'out'] as const) give(unit[role], role, unit.attention)
  }
  const pairs = findFeedForward(scope, layers, lookup, (layer) => roles.has(layer))
  for (const { fc1, fc2 } of pairs) {
    for (const layer of fc1) give(layer, 'fc1')
    give(fc2, 'fc2')
  }
  for (const layer of layers) if (!roles.has(layer) && reachesOutput(scope, layer.output)) give(layer, 'head')
  for (const layer of layers) if (layer.operator === 'Conv') give(layer, 'pointwise')

  const blocks = numberBlocks(partsInOrder(scope, attentions, pairs, roles))
  return new Map([...roles].map(([layer, role]) => [layer, { ...role, blockIndex: blocks.get(layer) }]))
}

/** The layers that make one feed-forward: several `fc1` when the activation is gated. */
interface FeedForward {
  readonly fc1: readonly LinearNode[]
  readonly fc2: LinearNode
}

/** Activations that may stand between the two layers; some are parts of a longer formula such as Erf in GELU. */
// prettier-ignore
const activations = new Set([
  'Gelu', 'FastGelu', 'QuickGelu', 'BiasGelu', 'Erf', 'Tanh', 'Relu', 'Sigmoid', 'Swish', 'HardSwish', 'HardSigmoid',
  'LeakyRelu', 'PRelu', 'Elu', 'Selu', 'Celu', 'Mish', 'Softplus', 'ThresholdedRelu'
])

/** What may also lie between the two layers: the arithmetic of an activation formula. */
function isActivationArithmetic(node: Node): boolean {
  return activations.has(node.opType) || node.opType === 'Pow' || isPassing(node)
}

/**
 * Pairs fc1 -> activation -> fc2 where fc2 returns to the width that fc1 read; that return tells a feed-forward from
 * a stack of projections.
 */
function findFeedForward(
  scope: GraphScope,
  layers: readonly LinearNode[],
  lookup: LayerLookup,
  isTaken: (layer: LinearNode) => boolean
): readonly FeedForward[] {
  const leading = new Map<LinearNode, LinearNode[]>()
  for (const fc1 of layers) {
    if (isTaken(fc1) || leading.has(fc1)) continue
    const [fc2, ...others] = nearestAfter(
      scope,
      fc1.output,
      (consumer) => lookup.byNode.get(consumer),
      isActivationArithmetic
    )
    if (fc2 === undefined || others.length > 0 || fc2 === fc1 || isTaken(fc2)) continue
    if (fc2.outFeatures === fc1.inFeatures) leading.set(fc2, [...(leading.get(fc2) ?? []), fc1])
  }
  // The ungated half of a gated unit has no activation of its own; its partner has.
  return [...leading]
    .map(([fc2, fc1]) => ({ fc1, fc2 }))
    .filter(({ fc1 }) => fc1.some((layer) => hasActivationAfter(scope, layer, lookup)))
}

/** Whether an activation is met after a layer before the next layer is. */
function hasActivationAfter(scope: GraphScope, layer: LinearNode, lookup: LayerLookup): boolean {
  const met = nearestAfter<'activation' | 'layer'>(
    scope,
    layer.output,
    (consumer) => {
      if (activations.has(consumer.opType)) return 'activation'
      return lookup.byNode.has(consumer) ? 'layer' : undefined
    },
    isActivationArithmetic
  )
  return met.includes('activation')
}

/** What may follow a head on the way to an output of the model. */
// prettier-ignore
const finishing = new Set([
  'LogSoftmax', 'Softmax', 'Sigmoid', 'Log', 'ArgMax', 'TopK', 'Transpose', 'Reshape', 'Identity', 'Cast', 'Squeeze',
  'Unsqueeze', 'Flatten', 'Slice', 'Gather', 'Clip', 'Dropout', 'LpNormalization'
])

/** Arithmetic with a constant, such as a temperature or a mask of forbidden classes. */
function isConstantArithmetic(scope: GraphScope, node: Node, value: string): boolean {
  if (!['Add', 'Sub', 'Mul', 'Div'].includes(node.opType)) return false
  return node.inputs.every((input) => input === value || findStoredConstant(scope, input) !== undefined)
}

/** Values behind a head that are looked at; what is further from the output than this is no finishing touch. */
const mostFinishingValues = 200

/** Whether `start` becomes an output of the model by nothing but finishing touches. */
function reachesOutput(scope: GraphScope, start: string): boolean {
  const seen = new Set([start])
  // A set is walked in the order in which it grows.
  for (const value of seen) {
    const position = scope.graph.outputs.findIndex((output) => output.name === value)
    if (position >= 0) {
      if (scope.outer === undefined) return true
      const { scope: outer, node } = scope.outer
      // A Loop body returns its condition before the values that the Loop returns.
      const output = node.outputs[position - (node.opType === 'Loop' ? 1 : 0)]
      if (output !== undefined && reachesOutput(outer, output)) return true
    }
    if (seen.size > mostFinishingValues) return false
    for (const node of scope.index.consumers(value)) {
      const isFinishing = finishing.has(node.opType) || isConstantArithmetic(scope, node, value)
      if (isFinishing && node.inputs.includes(value)) for (const output of node.outputs) seen.add(output)
    }
  }
  return false
}

/** The attention, feed-forward and pointwise parts of the blocks, in graph order. */
function partsInOrder(
  scope: GraphScope,
  attentions: readonly AttentionUnit[],
  pairs: readonly FeedForward[],
  roles: ReadonlyMap<LinearNode, { readonly role: LinearRole }>
): readonly BlockPart[] {
  const positions = new Map(scope.graph.nodes.map((node, position) => [node, position]))
  const position = (layer: LinearNode) => positions.get(layer.node) ?? 0
  const parts = [
    ...attentions.map((unit) => ({
      kind: unit.attention,
      position: unit.position,
      layers: [unit.q, unit.k, unit.v, unit.out].filter((layer) => layer !== undefined)
    })),
    ...pairs.map(({ fc1, fc2 }) => ({
      kind: 'feed-forward' as const,
      position: position(fc2),
      layers: [...fc1, fc2]
    })),
    ...[...roles].flatMap(([layer, { role }]) =>
      role === 'pointwise' ? [{ kind: 'pointwise' as const, position: position(layer), layers: [layer] }] : []
    )
  ]
  return parts.sort((a, b) => a.position - b.position)
}
