/** Cuts a forward graph into segments between which little is handed over. */
import { usedValues } from '../onnx/graph-index'
import { isFloatingDataType } from '../onnx/ir/data-type'
import type { Model, Node } from '../onnx/ir/model'
import type { GraphWriter } from './graph-writer'

/** Which part of the forward pass a node and a value belong to; segments are numbered from the front. */
export interface Segments {
  readonly count: number
  of(node: Node): number
  /** −1 for what no node computes. */
  ofValue(value: string): number
  /** Whether a value depends on what is fed, not on weights alone, and holds floating-point numbers. */
  isActivation(value: string): boolean
}

/** What an axis of unknown size counts when activations are weighed: frames, mostly. */
const nominalSize = 100

/** More segments would each hold a few nodes. */
const mostSegments = 64

/**
 * Segments that let the least memory be needed at once, by the elements of the activations: all that crosses from one segment to
 * another, and the largest segment. Cuts lie where the least crosses near equal shares: between blocks, where there is
 * only the residual stream.
 *
 * `weights` are inputs that a training feeds but that are no activations.
 */
export function segmentsOf(model: Model, graph: GraphWriter, weights: ReadonlySet<string>): Segments {
  const activations = activationsOf(model, graph, weights)
  const nodes = model.graph.nodes
  const weigh = (value: string) =>
    activations.has(value)
      ? (graph.dims(value) ?? [undefined]).reduce<number>((product, dim) => product * (dim ?? nominalSize), 1)
      : 0
  const weighed = weighNodes(nodes, weigh)
  let best = { cuts: [] as readonly number[], peak: Infinity }
  for (let count = 1; count <= Math.min(mostSegments, nodes.length); count++) {
    const cuts = cutsInto(count, weighed)
    const peak = peakOf(cuts, weighed)
    if (peak < best.peak) best = { cuts, peak }
  }
  return numbered(nodes, best.cuts, activations)
}

function activationsOf(model: Model, graph: GraphWriter, weights: ReadonlySet<string>): ReadonlySet<string> {
  const { inputs, initializers, nodes } = model.graph
  // What depends on the fed inputs, whatever its type; of this only floating-point values count.
  const fed = new Set(
    inputs.map(({ name }) => name).filter((name) => !initializers.has(name) && !weights.has(name))
  )
  for (const node of nodes) {
    if ([...usedValues(node)].some((value) => fed.has(value)))
      for (const output of node.outputs) fed.add(output)
  }
  fed.delete('')
  return new Set([...fed].filter((value) => isFloating(graph, value)))
}

function isFloating(graph: GraphWriter, value: string): boolean {
  const dataType = graph.dataType(value)
  return dataType !== undefined && isFloatingDataType(dataType)
}

interface WeighedNodes {
  /** Elements of what the nodes before each position made: [nodes + 1], rising. */
  readonly made: readonly number[]
  /** Elements that are made before each position and used at or after it: [nodes + 1]. */
  readonly crossing: readonly number[]
}

function weighNodes(nodes: readonly Node[], weigh: (value: string) => number): WeighedNodes {
  const lastUse = new Map<string, number>()
  nodes.forEach((node, position) => {
    for (const value of usedValues(node)) lastUse.set(value, position)
  })
  const made = [0]
  const change = new Float64Array(nodes.length + 2)
  nodes.forEach((node, position) => {
    let sum = 0
    for (const output of node.outputs) {
      const weight = weigh(output)
      sum += weight
      const last = lastUse.get(output)
      if (last === undefined) continue
      // Crosses every cut after its maker up to the one right before its last user.
      change[position + 1]! += weight
      change[last + 1]! -= weight
    }
    made.push(made.at(-1)! + sum)
  })
  let now = 0
  const crossing = Array.from({ length: nodes.length + 1 }, (_, position) => (now += change[position]!))
  return { made, crossing }
}

/** Positions of `count` − 1 cuts: around each equal share, within half a share, where the least crosses. */
function cutsInto(count: number, { made, crossing }: WeighedNodes): number[] {
  const share = made.at(-1)! / count
  const cuts: number[] = []
  for (let index = 1; index < count; index++) {
    const [from, to] = [(index - 0.5) * share, (index + 0.5) * share]
    let best: number | undefined
    for (let position = (cuts.at(-1) ?? 0) + 1; position < made.length - 1; position++) {
      if (made[position]! < from) continue
      if (made[position]! > to) break
      if (best === undefined || crossing[position]! < crossing[best]!) best = position
    }
    if (best !== undefined) cuts.push(best)
  }
  return cuts
}

function peakOf(cuts: readonly number[], { made, crossing }: WeighedNodes): number {
  const ends = [...cuts, made.length - 1]
  const stored = cuts.reduce((sum, cut) => sum + crossing[cut]!, 0)
  const largest = Math.max(
    ...ends.map((end, index) => made[end]! - made[index === 0 ? 0 : ends[index - 1]!]!)
  )
  return stored + largest
}

function numbered(
  nodes: readonly Node[],
  cuts: readonly number[],
  activations: ReadonlySet<string>
): Segments {
  const ofNode = new Map<Node, number>()
  const ofValue = new Map<string, number>()
  nodes.forEach((node, position) => {
    const segment = cuts.filter((cut) => cut <= position).length
    ofNode.set(node, segment)
    for (const output of node.outputs) ofValue.set(output, segment)
  })
  return {
    count: cuts.length + 1,
    of: (node) => ofNode.get(node) ?? 0,
    ofValue: (value) => ofValue.get(value) ?? -1,
    isActivation: (value) => activations.has(value)
  }
}
