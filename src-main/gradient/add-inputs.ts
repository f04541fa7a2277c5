import type { DataType } from '../onnx/ir/data-type'
import type { Dimension, Model } from '../onnx/ir/model'
import { GraphWriter } from './graph-writer'

export interface NewInput {
  readonly name: string
  readonly dataType: DataType
  readonly dims: readonly Dimension[]
}

/**
 * The model with more graph inputs: what a loss compares with (labels, lengths, a teacher's logits).
 *
 * A name that is taken gets a number; `names` holds those given, in order.
 */
export function addInputs(
  model: Model,
  inputs: readonly NewInput[]
): { readonly model: Model; readonly names: readonly string[] } {
  const graph = new GraphWriter(model, 'inputs')
  const names = inputs.map(({ name, dataType, dims }) => graph.input(name, dataType, dims))
  return { model: graph.build(), names }
}
