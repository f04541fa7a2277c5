import { WorkbenchError } from '@contract/errors'
import { intAttribute } from '../../onnx/ir/attribute'
import type { Model } from '../../onnx/ir/model'
import { LossWriter, type LossGraph, type LossOptions } from './loss-graph'

export interface KlDivergenceOptions extends LossOptions {
  /** The student's logits. */
  readonly logits: string
  /** The teacher's logits. */
  readonly teacherLogits: string
  /** T > 0: both distributions are softened by it. Default 1. */
  readonly temperature?: number
}

/**
 * Adds the distillation loss T² · mean Σ_k p_k·(log p_k − log q_k) over positions, p = softmax(teacher / T) and
 * q = softmax(student / T). The factor T² keeps the size of the gradient when T changes.
 *
 * - both logits [..., classes].
 *
 * @throws WorkbenchError `invalid-input` for a temperature that is not positive, or logits that are not there.
 * Source: Hinton, Vinyals and Dean, Distilling the Knowledge in a Neural Network (2015), section 2.
 */
export function addKlDivergence(model: Model, options: KlDivergenceOptions): LossGraph {
  const { logits, teacherLogits, temperature = 1 } = options
  if (!(temperature > 0 && Number.isFinite(temperature))) {
    throw new WorkbenchError(
      'invalid-input',
      `The temperature is ${temperature}, expected a positive number.`
    )
  }
  const loss = new LossWriter(model, logits, 'kl-divergence', options)
  const { graph } = loss
  const lastAxis = { axis: intAttribute(-1) }
  const soften = (value: string) =>
    graph.node('LogSoftmax', [graph.div(value, loss.scalar(temperature))], lastAxis)
  const teacher = soften(teacherLogits)
  const gap = graph.mul(graph.node('Exp', [teacher]), graph.sub(teacher, soften(logits)))
  const divergence = graph.reduceSum(gap, [-1], false)
  return loss.finishWithMean(graph.mul(divergence, loss.scalar(temperature * temperature)))
}
