/** Losses as graphs against plain functions of arrays: the value, and the gradient by differences of the function. */
import { differentiate } from '../../src-main/gradient/differentiate'
import type { LossGraph } from '../../src-main/gradient/losses/loss-graph'
import { assertInvariants } from '../../src-main/onnx/invariants'
import type { Model } from '../../src-main/onnx/ir/model'
import type { RuntimeTensor } from '../../src-main/runtime/inference-backend'
import { expectClose, floatTensor, numbers } from './check-gradient'
import { buildModel } from './linear-models'
import { runModel } from './run-model'

/** A model that passes its inputs on; losses are put behind it. */
export function inputsModel(feeds: Readonly<Record<string, RuntimeTensor>>): Model {
  return buildModel((b) => {
    for (const [name, { dataType, dims }] of Object.entries(feeds)) {
      b.input(
        name,
        dataType,
        dims.map((_, axis) => `${name}${axis}`)
      )
    }
    const first = Object.keys(feeds)[0]!
    b.output(b.node('Identity', [first], { outputs: ['same'] }), feeds[first]!.dataType)
  })
}

export interface LossCheck {
  readonly add: (model: Model) => LossGraph
  /** float64 in all floating-point inputs; sizes of all are dynamic in the graph. */
  readonly feeds: Readonly<Record<string, RuntimeTensor>>
  /** Inputs to differentiate. */
  readonly wrt: readonly string[]
  /** The loss from the values of `wrt`, in that order. */
  readonly reference: (...values: number[][]) => number
}

/** float64: sums of tens of terms for the value; 1e-16 / 1e-5 and 1e-10 for the differences, times a curvature of 10. */
const tolerance = { value: { rtol: 1e-10, atol: 1e-12 }, gradient: { rtol: 1e-7, atol: 1e-8 } }
const step = 1e-5

export async function checkLoss({ add, feeds, wrt, reference }: LossCheck): Promise<void> {
  const loss = add(inputsModel(feeds))
  assertInvariants(loss.model)
  const { model, gradients } = differentiate(loss.model, { ...loss, wrt })
  assertInvariants(model)
  const outputs = await runModel(model, feeds)
  const values = wrt.map((name) => numbers(feeds[name]!))
  expectClose(numbers(outputs[loss.loss]!), [reference(...values)], { ...tolerance.value, what: 'loss' })
  wrt.forEach((name, position) => {
    const expected = values[position]!.map((value, index) => {
      const moved = (by: number) =>
        reference(...values.with(position, values[position]!.with(index, value + by)))
      return (moved(step) - moved(-step)) / (2 * step)
    })
    const what = `d(loss)/d(${name})`
    expectClose(numbers(outputs[gradients.get(name)!]!), expected, { ...tolerance.gradient, what })
  })
}

/** Standard normal values as a float64 feed. */
export function drawn(dims: readonly number[], draw: () => number): RuntimeTensor {
  return floatTensor(
    'float64',
    dims,
    Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, draw)
  )
}
