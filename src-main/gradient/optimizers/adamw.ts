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
 * Written with as few passes over each tensor as numbers known per step allow, so
 *   (√(1 − β₂)·g)²  and  m·a / (√v + ε·√(1 − β₂ᵗ)),  a = learningRate·√(1 − β₂ᵗ) / (1 − β₁ᵗ).
 *
 * @throws WorkbenchError `invalid-input` for parameters that are no graph inputs or of several types.
 * Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization (2019), algorithm 2, in the form of
 * torch.optim.AdamW (the decay is scaled by the learning rate).
 */
export function addAdamW(model: Model, options: AdamWOptions): StepGraph {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01, undecayed } = options
  const isDecaying = (parameter: string) => weightDecay !== 0 && undecayed?.has(parameter) !== true
  const step = new StepWriter(model, options, (parameter) =>
    isDecaying(parameter) ? 'decayed' : 'undecayed'
  )
  const { graph } = step
  const one = step.scalar(1)
  /** 1 − βᵗ: what a running mean of ones has reached, starting from 0. */
  const reached = (beta: number) => graph.sub(one, graph.node('Pow', [step.scalar(beta), step.stepNumber()]))
  const reachedRoot = graph.node('Sqrt', [reached(beta2)])
  const unbiased = graph.div(reachedRoot, reached(beta1))
  const floor = graph.mul(reachedRoot, step.scalar(epsilon))
  const rates = new Map<string, { readonly kept: string; readonly change: string }>()
  /** 1 − learningRate·λ and a, written once per learning rate. */
  const ratesOf = (learningRate: string) => {
    const known = rates.get(learningRate) ?? {
      kept: graph.sub(one, graph.mul(learningRate, step.scalar(weightDecay))),
      change: graph.mul(learningRate, unbiased)
    }
    rates.set(learningRate, known)
    return known
  }
  return step.forEachBlock((block, value, gradient) => {
    const mean = step.moment(block, 'mean', (old) =>
      graph.add(graph.mul(old, step.scalar(beta1)), step.clipped(gradient, 1 - beta1))
    )
    const root = step.clipped(gradient, Math.sqrt(1 - beta2))
    const square = step.moment(block, 'meanSquare', (old) =>
      graph.add(graph.mul(old, step.scalar(beta2)), graph.mul(root, root))
    )
    const { kept, change } = ratesOf(step.learningRateOf(block))
    const deviation = graph.add(graph.node('Sqrt', [square]), floor)
    const moved = graph.mul(graph.div(mean, deviation), change)
    return graph.sub(isDecaying(block.parameters[0]!) ? graph.mul(value, kept) : value, moved)
  })
}
