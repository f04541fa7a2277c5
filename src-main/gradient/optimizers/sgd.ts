import type { Model } from '../../onnx/ir/model'
import { StepWriter, type OptimizerOptions, type StepGraph } from './step-graph'

export interface SgdOptions extends OptimizerOptions {
  /** μ in 0..1. Default 0: no running value is kept. */
  readonly momentum?: number
}

/**
 * Adds a step of stochastic gradient descent: v ← μ·v + g, w ← w − learningRate·v.
 *
 * @throws WorkbenchError `invalid-input` for parameters that are no graph inputs or of several types.
 * Source: Polyak (1964), in the form of torch.optim.SGD without dampening.
 */
export function addSgd(model: Model, options: SgdOptions): StepGraph {
  const { momentum = 0 } = options
  const step = new StepWriter(model, options)
  const { graph } = step
  return step.forEachBlock((block, value, gradient) => {
    const clipped = step.clipped(gradient)
    const velocity =
      momentum === 0
        ? clipped
        : step.moment(block, 'velocity', (old) => graph.add(graph.mul(old, step.scalar(momentum)), clipped))
    return graph.sub(value, graph.mul(step.learningRateOf(block), velocity))
  })
}
