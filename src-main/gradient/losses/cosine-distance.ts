import type { Model } from '../../onnx/ir/model'
import { LossWriter, type LossGraph, type LossOptions } from './loss-graph'

export interface CosineDistanceOptions extends LossOptions {
  readonly prediction: string
  readonly target: string
}

/** Below this product of norms the angle means nothing: the cosine is taken as their product over this number. */
const smallestProduct = 1e-8

/**
 * Adds the loss mean (1 − cos(prediction, target)) over positions, cos = a·b / max(‖a‖·‖b‖, 1e-8).
 *
 * - `prediction`, `target` [..., features]. A vector of zeros has the cosine 0 and the gradient 0 through its norm.
 *
 * @throws WorkbenchError `invalid-input` when `prediction` is no floating-point value of the model.
 */
export function addCosineDistance(model: Model, options: CosineDistanceOptions): LossGraph {
  const { prediction, target } = options
  const loss = new LossWriter(model, prediction, 'cosine-distance', options)
  const { graph } = loss
  const dot = graph.reduceSum(graph.mul(prediction, target), [-1], false)
  const norm = (value: string) => graph.reduce('ReduceL2', value, [-1], false)
  const norms = graph.node('Max', [graph.mul(norm(prediction), norm(target)), loss.scalar(smallestProduct)])
  return loss.finishWithMean(graph.sub(loss.scalar(1), graph.div(dot, norms)))
}
