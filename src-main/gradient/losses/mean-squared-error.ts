import type { Model } from '../../onnx/ir/model'
import { LossWriter, type LossGraph, type LossOptions } from './loss-graph'

export interface MeanSquaredErrorOptions extends LossOptions {
  readonly prediction: string
  /** A value of the shape of `prediction`, or one that broadcasts to it. */
  readonly target: string
}

/**
 * Adds the loss mean (prediction − target)²: over the last axis, then over positions.
 *
 * - `prediction`, `target` [..., features].
 *
 * @throws WorkbenchError `invalid-input` when `prediction` is no floating-point value of the model.
 */
export function addMeanSquaredError(model: Model, options: MeanSquaredErrorOptions): LossGraph {
  const loss = new LossWriter(model, options.prediction, 'mean-squared-error', options)
  const { graph } = loss
  const difference = graph.sub(options.prediction, options.target)
  return loss.finishWithMean(graph.reduce('ReduceMean', graph.mul(difference, difference), [-1], false))
}
