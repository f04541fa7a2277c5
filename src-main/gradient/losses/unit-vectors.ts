import type { LossWriter } from './loss-graph'

/** Below this a length means nothing: a vector of zeros stays one, and gets no gradient through its length. */
const smallestLength = 1e-8

/** Writes `value` [..., features] divided by max(its length, 1e-8). */
export function unitVectors(loss: LossWriter, value: string): string {
  const { graph } = loss
  const length = graph.reduce('ReduceL2', value, [-1])
  return graph.div(value, graph.node('Max', [length, loss.scalar(smallestLength)]))
}
