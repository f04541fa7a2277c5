import { WorkbenchError } from '@contract/errors'
import type { Model } from '../../onnx/ir/model'
import { GraphWriter } from '../graph-writer'

export interface WeightedLoss {
  /** A scalar of the model. */
  readonly loss: string
  /** A number, or the name of a scalar of the same type: an input, where a schedule sets the weight. */
  readonly weight: number | string
}

/**
 * Adds the output Σ weight · loss. Gradients that the losses carry are weighted along.
 *
 * @throws WorkbenchError `invalid-input` without any term, or when a loss is not in the model.
 */
export function addWeightedSum(
  model: Model,
  terms: readonly WeightedLoss[],
  wanted = 'loss'
): { readonly model: Model; readonly loss: string } {
  const graph = new GraphWriter(model, wanted)
  const name = graph.takeName(wanted)
  const dataType = graph.dataType(terms[0]?.loss ?? '')
  if (dataType === undefined) {
    throw new WorkbenchError('invalid-input', `The model has no loss '${terms[0]?.loss ?? ''}' to add up.`)
  }
  const products = terms.map(({ loss, weight }) =>
    graph.mul(loss, typeof weight === 'number' ? graph.scalar(weight, dataType) : weight)
  )
  graph.nameValue(name, 'Sum', products)
  graph.output(name, dataType, [])
  return { model: graph.build(), loss: name }
}
