/** Walking along the values of one graph, nearest first, through nodes that only pass an activation on. */
import type { Node } from '../ir/model'
import type { GraphScope } from './graph-scope'

/** How many nodes one walk may visit: attention blocks have under a hundred between two layers. */
const visitLimit = 400

/** Operators that move or rescale an activation without mixing its features with others. */
const passing = new Set([
  'Reshape', 'Transpose', 'Identity', 'Cast', 'Squeeze', 'Unsqueeze', 'Flatten', 'Expand', 'Tile', 'Slice', 'Split',
  'Gather', 'Concat', 'Pad', 'Dropout', 'Mul', 'Div', 'Add', 'Sub', 'Neg', 'Where', 'Clip', 'Max', 'Min',
  'RotaryEmbedding'
]) // prettier-ignore

/** Operators of which only the first input is data; the others are shapes, axes and indices. */
const firstInputOnly = new Set([
  'Reshape', 'Squeeze', 'Unsqueeze', 'Expand', 'Tile', 'Slice', 'Split', 'Gather', 'Pad', 'Dropout', 'Clip'
]) // prettier-ignore

/** Normalizations of queries and keys before their product. */
const normalizing = new Set([
  'LayerNormalization',
  'RMSNormalization',
  'SimplifiedLayerNormalization',
  'LpNormalization'
])

export function isPassing(node: Node): boolean {
  return passing.has(node.opType)
}

/** What may stand between a projection and the product that it serves: normalizations too. */
export function isPassingOrNormalizing(node: Node): boolean {
  return passing.has(node.opType) || normalizing.has(node.opType)
}

/** The inputs of a node that carry the activation. */
function dataInputs(node: Node): readonly string[] {
  if (firstInputOnly.has(node.opType) || normalizing.has(node.opType)) return node.inputs.slice(0, 1)
  return node.opType === 'Where' ? node.inputs.slice(1) : node.inputs
}

/**
 * The values nearest before `start` (itself included) for which `find` answers, at the smallest number of nodes.
 * Several when they are equally near, as the parts of a sum are.
 */
export function nearestBefore<T>(
  scope: GraphScope,
  start: string,
  find: (value: string, producer: Node | undefined) => T | undefined
): readonly T[] {
  return nearest(start, (value) => {
    const producer = scope.index.producer(value)
    const found = find(value, producer)
    if (found !== undefined) return { found: [found] }
    const isOpen = producer !== undefined && isPassingOrNormalizing(producer)
    return { next: isOpen ? dataInputs(producer) : [] }
  })
}

/** The nodes nearest after `start` for which `find` answers; the walk goes through nodes that `passes` admits. */
export function nearestAfter<T>(
  scope: GraphScope,
  start: string,
  find: (consumer: Node, value: string) => T | undefined,
  passes: (node: Node) => boolean = isPassing
): readonly T[] {
  return nearest(start, (value) => {
    const consumers = scope.index.consumers(value).filter((node) => node.inputs.includes(value))
    const found = consumers.flatMap((node) => find(node, value) ?? [])
    if (found.length > 0) return { found }
    const carrying = consumers.filter((node) => passes(node) && dataInputs(node).includes(value))
    return { next: carrying.flatMap((node) => node.outputs.filter((output) => output !== '')) }
  })
}

function nearest<T>(
  start: string,
  step: (value: string) => { readonly found: readonly T[] } | { readonly next: readonly string[] }
): readonly T[] {
  const seen = new Set([start])
  let frontier = [start]
  while (frontier.length > 0 && seen.size < visitLimit) {
    const steps = frontier.map(step)
    const found = steps.flatMap((result) => ('found' in result ? result.found : []))
    if (found.length > 0) return [...new Set(found)]
    const next = new Set(steps.flatMap((result) => ('next' in result ? result.next : [])))
    frontier = [...next].filter((value) => value !== '' && !seen.has(value))
    for (const value of frontier) seen.add(value)
  }
  return []
}

/** The value behind reshapes and copies: two layers that read it read the same activation. */
export function sourceOf(scope: GraphScope, value: string): string {
  const transparent = new Set(['Reshape', 'Identity', 'Cast', 'Squeeze', 'Unsqueeze', 'Flatten', 'Transpose'])
  let current = value
  for (let steps = 0; steps < visitLimit; steps++) {
    const producer = scope.index.producer(current)
    if (producer === undefined || !transparent.has(producer.opType)) return current
    current = producer.inputs[0] ?? current
  }
  return current
}
