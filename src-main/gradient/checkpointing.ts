/**
 * Gradient checkpointing: the backward pass computes activations anew, segment by segment, instead of keeping all of them from
 * the forward pass. What stays in memory is what crosses from one segment to the next, and one segment's activations.
 *
 * A copy of a node is only computed anew, and only when it is wanted, if the runtime cannot know that it is a copy: it merges
 * equal nodes and computes what it can ahead of time. So what a segment's copies read passes through a Reshape to its own shape plus
 * a zero that is computed from the cotangents of the segment behind. That costs no copy, changes no bit, and holds the copies
 * back until everything behind them is finished.
 *
 * Source: Chen et al., Training Deep Nets with Sublinear Memory Cost (2016).
 */
import { intAttribute, subgraphs } from '../onnx/ir/attribute'
import type { Node } from '../onnx/ir/model'
import type { GraphWriter } from './graph-writer'
import type { Segments } from './segments'

/** Nodes that give something else every time; their outputs are kept. */
const drawing: ReadonlySet<string> = new Set(
  'Dropout Bernoulli Multinomial RandomNormal RandomNormalLike RandomUniform RandomUniformLike'.split(' ')
)

export class Recomputation {
  readonly #graph: GraphWriter
  readonly #segments: Segments
  /** Stand-ins for the values of the segment in hand and for what it reads from outside. */
  readonly #standIns = new Map<string, string>()
  #current: number
  /** An int64 zero that is known when everything behind the segment is finished. */
  #zero: string | undefined

  constructor(graph: GraphWriter, segments: Segments) {
    this.#graph = graph
    this.#segments = segments
    this.#current = segments.count - 1
    graph.readThrough((value) => this.#standIn(value))
  }

  /**
   * Called before the gradient of each node, from the back. `finished` tells the cotangents that were found since the last
   * segment and lead out of it.
   */
  enter(node: Node, finished: (isInside: (value: string) => boolean) => readonly string[]): void {
    const segment = this.#segments.of(node)
    if (segment >= this.#current) return
    const left = this.#current
    const ends = finished((value) => this.#segments.ofValue(value) === left)
    this.#current = segment
    this.#standIns.clear()
    if (ends.length === 0) return
    this.#zero = undefined
    this.#zero = this.#zeroOf(ends)
  }

  /** 0 = Σ [e > e] over one element e of each value: false even for NaN, and nothing that a runtime works out ahead. */
  #zeroOf(values: readonly string[]): string {
    const graph = this.#graph
    const [zero, one, all] = [graph.ints([0]), graph.ints([1]), graph.ints([-1])]
    const firsts = values.map((value) => {
      const first = graph.node('Slice', [graph.node('Reshape', [value, all]), zero, one])
      return graph.cast(first, 'float32')
    })
    const joined = graph.node('Concat', firsts, { axis: intAttribute(0) })
    const never = graph.node('Greater', [joined, joined])
    return graph.reduceSum(graph.cast(never, 'int64'), [0], false)
  }

  #standIn(value: string): string {
    if (this.#zero === undefined || value === '') return value
    const known = this.#standIns.get(value)
    if (known !== undefined) return known
    const maker = this.#graph.producer(value)
    const segment = this.#segments.ofValue(value)
    // Weights, constants, whole numbers and conditions are kept, as is everything that the backward pass made.
    if (!this.#segments.isActivation(value) || segment > this.#current) return value
    if (maker === undefined || segment < this.#current || !isRepeatable(maker)) return this.#held(value)
    return this.#copied(maker, value)
  }

  /** The same value, but not before the zero is known. */
  #held(value: string): string {
    const graph = this.#graph
    const shape = graph.add(graph.plainNode('Shape', [value]), this.#zero!)
    const held = graph.plainNode(
      'Reshape',
      [value, shape],
      graph.opset < 14 ? {} : { allowzero: intAttribute(1) }
    )
    this.#standIns.set(value, held)
    return held
  }

  #copied(maker: Node, value: string): string {
    const inputs = maker.inputs.map((input) => this.#standIn(input))
    const outputs = this.#graph.copy(maker, inputs)
    maker.outputs.forEach((output, index) => {
      if (output !== '') this.#standIns.set(output, outputs[index]!)
    })
    return this.#standIns.get(value)!
  }
}

function isRepeatable(node: Node): boolean {
  return !drawing.has(node.opType) && subgraphs(node).length === 0
}
