import { WorkbenchError } from '@contract/errors'
import { intAttribute } from '../../onnx/ir/attribute'
import type { Model } from '../../onnx/ir/model'
import { LossWriter, type LossGraph, type LossOptions } from './loss-graph'

export interface CrossEntropyOptions extends LossOptions {
  readonly logits: string
  /** int64 class numbers. Positions that do not count still need a class: any number, clamped into range. */
  readonly labels: string
  /** ε in 0..1 (1 excluded): the share of the target that is spread evenly over all classes. Default 0. */
  readonly labelSmoothing?: number
}

/**
 * Adds the loss mean −Σ_k t_k·log softmax(logits)_k over positions, t = (1 − ε)·onehot(label) + ε / classes.
 *
 * - `logits` [..., classes], `labels` [...]. Negative labels (−100, −1 for padding) count as class 0 here: give
 *   `weights` that are 0 there.
 *
 * @throws WorkbenchError `invalid-input` for a smoothing outside 0..1, or logits that are not there.
 * Source: Szegedy et al., Rethinking the Inception Architecture (2016), section 7.
 */
export function addCrossEntropy(model: Model, options: CrossEntropyOptions): LossGraph {
  const { logits, labels, labelSmoothing = 0 } = options
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new WorkbenchError(
      'invalid-input',
      `The label smoothing is ${labelSmoothing}, expected 0 to below 1.`
    )
  }
  const loss = new LossWriter(model, logits, 'cross-entropy', options)
  const { graph } = loss
  const lastAxis = { axis: intAttribute(-1) }
  const logProbabilities = graph.node('LogSoftmax', [logits], lastAxis)
  const classes = graph.node('Max', [labels, graph.scalar(0, 'int64')])
  const column = graph.node('Unsqueeze', [classes, graph.ints([-1])])
  const picked = graph.node('GatherElements', [logProbabilities, column], lastAxis)
  const named = graph.node('Squeeze', [picked, graph.ints([-1])])
  const smoothed =
    labelSmoothing === 0
      ? named
      : graph.add(
          graph.mul(named, loss.scalar(1 - labelSmoothing)),
          graph.mul(graph.reduce('ReduceMean', logProbabilities, [-1], false), loss.scalar(labelSmoothing))
        )
  return loss.finishWithMean(graph.node('Neg', [smoothed]))
}
