import type { Model } from '../../onnx/ir/model'
import { StepWriter, type OptimizerOptions, type StepGraph } from './step-graph'

export interface AdamWOptions extends OptimizerOptions {
  /** Default 0.9: how slowly the mean of the gradients moves. */
  readonly beta1?: number
  /** Default 0.999: how slowly the mean of their squares moves. */
  readonly beta2?: number
  /** Default 1e-8. */
  readonly epsilon?: number
  /** λ: each step takes the share learningRate·λ off a parameter. Default 0.01. */
  readonly weightDecay?: number
  /** Parameters that do not decay, as biases and norms usually do not. */
  readonly undecayed?: ReadonlySet<string>
}

/**
 * Adds a step of Adam with decoupled weight decay. With t the number of the step from 1:
 *   m ← β₁·m + (1 − β₁)·g,  v ← β₂·v + (1 − β₂)·g²,
 *   w ← w·(1 − learningRate·λ) − learningRate · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε).
 *
 * @throws WorkbenchError `invalid-input` for parameters that are no graph inputs or of several types.
 * Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization (2019), algorithm 2, in the form of
 * torch.optim.AdamW (the decay is scaled by the learning rate).
 */
export function addAdamW(model: Model, options: AdamWOptions): StepGraph {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01, undecayed } = options
  const step = new StepWriter(model, options)
  const { graph } = step
  const one = step.scalar(1)
  const blend = (old: string, value: string, beta: number) =>
    graph.add(graph.mul(old, step.scalar(beta)), graph.mul(value, step.scalar(1 - beta)))
  /** 1 − βᵗ: what a running mean of ones has reached, starting from 0. */
  const reached = (beta: number) => graph.sub(one, graph.node('Pow', [step.scalar(beta), step.stepNumber()]))
  const [reached1, reached2] = [reached(beta1), reached(beta2)]
  const keptShares = new Map<string, string>()
  /** 1 − learningRate·λ, written once per learning rate. */
  const kept = (learningRate: string) => {
    const share =
      keptShares.get(learningRate) ?? graph.sub(one, graph.mul(learningRate, step.scalar(weightDecay)))
    keptShares.set(learningRate, share)
    return share
  }
  return step.forEachParameter((parameter, gradient) => {
    const mean = step.moment(parameter, 'mean', (old) => blend(old, gradient, beta1))
    const square = step.moment(parameter, 'meanSquare', (old) =>
      blend(old, graph.mul(gradient, gradient), beta2)
    )
    const deviation = graph.add(graph.node('Sqrt', [graph.div(square, reached2)]), step.scalar(epsilon))
    const learningRate = step.learningRateOf(parameter)
    const change = graph.mul(learningRate, graph.div(graph.div(mean, reached1), deviation))
    const isDecaying = weightDecay !== 0 && undecayed?.has(parameter) !== true
    return graph.sub(isDecaying ? graph.mul(parameter, kept(learningRate)) : parameter, change)
  })
}
