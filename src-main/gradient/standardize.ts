/** Zero mean and unit variance over axes, and the way back: shared by all normalizations that use batch statistics. */
import type { DataType } from '../onnx/ir/data-type'
import type { GraphWriter } from './graph-writer'

export interface Standardized {
  /** x̂ = (x − mean) / √(variance + ε), of the shape of x. */
  readonly normalized: string
  /** 1 / √(variance + ε), 1 along the reduced axes. */
  readonly inverse: string
  readonly axes: readonly number[]
}

/** Writes x̂ over `axes` with the population variance. */
export function standardize(
  graph: GraphWriter,
  x: string,
  axes: readonly number[],
  { epsilon, dataType }: { readonly epsilon: number; readonly dataType: DataType }
): Standardized {
  const centred = graph.sub(x, graph.reduce('ReduceMean', x, axes))
  const variance = graph.reduce('ReduceMean', graph.mul(centred, centred), axes)
  const deviation = graph.node('Sqrt', [graph.add(variance, graph.scalar(epsilon, dataType))])
  const inverse = graph.node('Reciprocal', [deviation])
  return { normalized: graph.mul(centred, inverse), inverse, axes }
}

/**
 * The cotangent of x for the cotangent g of x̂: (g − mean g − x̂·mean(g·x̂)) / √(variance + ε).
 *
 * Source: Ioffe and Szegedy, Batch Normalization (2015), section 3, simplified for any set of axes.
 */
export function standardizeCotangent(
  graph: GraphWriter,
  { normalized, inverse, axes }: Standardized,
  g: string
): string {
  const meanG = graph.reduce('ReduceMean', g, axes)
  const meanProduct = graph.reduce('ReduceMean', graph.mul(g, normalized), axes)
  const centred = graph.sub(graph.sub(g, meanG), graph.mul(normalized, meanProduct))
  return graph.mul(centred, inverse)
}

/** A vector [channels] shaped to scale [batch, channels, ...]: [channels, 1, ...]. */
export function alongChannels(graph: GraphWriter, vector: string, rank: number): string {
  if (rank <= 2) return vector
  const axes = Array.from({ length: rank - 2 }, (_, axis) => axis + 1)
  return graph.node('Unsqueeze', [vector, graph.ints(axes)])
}

/** The axes of [batch, channels, ...] without the channels. */
export function exceptChannels(rank: number): number[] {
  return Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== 1)
}
