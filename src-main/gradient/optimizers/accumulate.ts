/**
 * Gradients of one large batch from several small ones: every run adds its share to sums that the trainer carries over, and
 * an optimizer step over the sums ends the batch. What fits into memory then no longer limits the batch.
 */
import { WorkbenchError } from '@contract/errors'
import { GraphBuilder } from '../../onnx/build/graph-builder'
import type { Model } from '../../onnx/ir/model'
import { GraphWriter } from '../graph-writer'
import type { StepState } from './step-graph'
import { standardOpset } from '../../onnx/ir/operator-domains'

export interface AccumulationGraph {
  readonly model: Model
  /** The scalar input for the share of the large batch that this run is: examples ÷ all examples, for a mean loss. */
  readonly share: string
  /** The sums, zeros at the start of each large batch, by the parameter that they belong to. */
  readonly sums: ReadonlyMap<string, StepState>
}

/**
 * Adds sum ← sum + share · gradient for each parameter.
 *
 * With shares that add up to 1, the sums of equal-weighted means are the gradient of the mean over the large batch.
 *
 * @throws WorkbenchError `invalid-input` for a parameter that is no floating-point value of the model.
 */
export function accumulateGradients(model: Model, gradients: ReadonlyMap<string, string>): AccumulationGraph {
  const graph = new GraphWriter(model, 'accumulate')
  const dataType = graph.dataType([...gradients.keys()][0] ?? '')
  if (dataType === undefined) {
    throw new WorkbenchError('invalid-input', 'There are no parameters of which gradients could be summed.')
  }
  const share = graph.input('share', dataType, [])
  const sums = new Map<string, StepState>()
  for (const [parameter, gradient] of gradients) {
    const dims = graph.dims(parameter) ?? []
    const input = graph.input(`${parameter}.gradientSum`, dataType, dims)
    const output = graph.nameValue(graph.takeName(`${input}.next`), 'Add', [
      input,
      graph.mul(gradient, share)
    ])
    graph.output(output, dataType, dims)
    sums.set(parameter, { input, output, dataType, dims, kind: 'moment' })
  }
  return { model: graph.build(), share, sums }
}

/**
 * A model that only passes the sums on, for an optimizer (`addAdamW`, `addSgd`) to be put behind: its inputs are the
 * parameters and their sums. `gradients` is what the optimizer asks for.
 */
export function summedGradientsModel({ model, sums }: AccumulationGraph): {
  readonly model: Model
  readonly gradients: ReadonlyMap<string, string>
} {
  const builder = new GraphBuilder('update', standardOpset(model))
  const gradients = new Map<string, string>()
  for (const [parameter, { input, dataType, dims }] of sums) {
    builder.input(parameter, dataType, dims)
    builder.input(input, dataType, dims)
    gradients.set(parameter, builder.node('Identity', [input]))
  }
  return { model: builder.build(), gradients }
}
