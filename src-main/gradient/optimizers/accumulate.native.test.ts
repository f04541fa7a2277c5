/** Accumulated gradients and parameter groups against the plain step that they must equal. */
import { describe, expect, it } from 'vitest'
import { expectClose, floatTensor, numbers } from '../../../tests/helpers/check-gradient'
import { drawn } from '../../../tests/helpers/check-loss'
import { runModel } from '../../../tests/helpers/run-model'
import { createPrng } from '../../base/prng'
import { GraphBuilder } from '../../onnx/build/graph-builder'
import { assertInvariants } from '../../onnx/invariants'
import type { RuntimeTensor } from '../../runtime/inference-backend'
import { differentiate } from '../differentiate'
import { addMeanSquaredError } from '../losses/mean-squared-error'
import { accumulateGradients, summedGradientsModel } from './accumulate'
import { addAdamW } from './adamw'
import { addSgd } from './sgd'

const [examples, features] = [6, 3]
const prng = createPrng(3)
const draw = () => prng.normal()
const x = drawn([examples, features], draw)
const y = drawn([examples, features], draw)
const parameters = { w: drawn([features, features], draw), b: drawn([features], draw) }
const scalar = (value: number) => floatTensor('float64', [], [value])

/** x·w + b against y, with the gradients of w and b. */
function differentiated() {
  const builder = new GraphBuilder('linear')
  builder.input('x', 'float64', ['examples', features])
  builder.input('y', 'float64', ['examples', features])
  builder.input('w', 'float64', [features, features])
  builder.input('b', 'float64', [features])
  builder.node('Add', [builder.node('MatMul', ['x', 'w']), 'b'], { outputs: ['found'] })
  builder.output('found', 'float64', ['examples', features])
  const loss = addMeanSquaredError(builder.build(), { prediction: 'found', target: 'y' })
  return differentiate(loss.model, { ...loss, wrt: ['w', 'b'] })
}

function part(tensor: RuntimeTensor, from: number, to: number): RuntimeTensor {
  const values = numbers(tensor).slice(from * features, to * features)
  return floatTensor('float64', [to - from, features], values)
}

const zeros = (dims: readonly (number | string | undefined)[]) => drawn(dims.map(Number), () => 0)

/** Rounding of float64 in sums of six terms, once more through the optimizer. */
const tolerance = { rtol: 1e-12, atol: 1e-13 }

describe('accumulation', () => {
  it('over unequal parts gives the step of the whole batch', async () => {
    const { model, gradients } = differentiated()
    const optimizer = { maxGradientNorm: 0.5 }
    const whole = addAdamW(model, { gradients, ...optimizer })
    const accumulation = accumulateGradients(model, gradients)
    assertInvariants(accumulation.model)
    const summed = summedGradientsModel(accumulation)
    const update = addAdamW(summed.model, { gradients: summed.gradients, ...optimizer })
    assertInvariants(update.model)

    const moments = Object.fromEntries(
      whole.state.filter(({ kind }) => kind === 'moment').map(({ input, dims }) => [input, zeros(dims)])
    )
    const common = {
      ...parameters,
      ...moments,
      [whole.learningRate]: scalar(0.1),
      [whole.stepNumber!]: scalar(1)
    }
    const expected = await runModel(whole.model, { ...common, x, y })

    let sums = Object.fromEntries(
      [...accumulation.sums.values()].map(({ input, dims }) => [input, zeros(dims)])
    )
    for (const [from, to] of [
      [0, 1],
      [1, 4],
      [4, 6]
    ] as const) {
      const outputs = await runModel(accumulation.model, {
        ...parameters,
        ...sums,
        x: part(x, from, to),
        y: part(y, from, to),
        [accumulation.share]: scalar((to - from) / examples)
      })
      sums = Object.fromEntries(
        [...accumulation.sums.values()].map(({ input, output }) => [input, outputs[output]!])
      )
    }
    const found = await runModel(update.model, { ...common, ...sums })
    for (const [index, { output }] of whole.state.entries()) {
      const values = numbers(found[update.state[index]!.output]!)
      expectClose(values, numbers(expected[output]!), { ...tolerance, what: output })
    }
  })

  it('refuses to sum nothing', () => {
    expect(() => accumulateGradients(differentiated().model, new Map())).toThrowError(/no parameters/)
  })
})

describe.each([
  ['SGD', addSgd],
  ['AdamW', addAdamW]
] as const)('parameter groups of %s', (_, add) => {
  it('move each parameter by the learning rate of its group', async () => {
    const { model, gradients } = differentiated()
    const plain = add(model, { gradients })
    const grouped = add(model, { gradients, groups: new Map([['b', 'slow']]) })
    assertInvariants(grouped.model)
    const step = async (graph: typeof plain, rates: Record<string, number>) => {
      const moments = graph.state.filter(({ kind }) => kind === 'moment')
      const outputs = await runModel(graph.model, {
        ...parameters,
        x,
        y,
        ...Object.fromEntries(moments.map(({ input, dims }) => [input, zeros(dims)])),
        ...Object.fromEntries(Object.entries(rates).map(([name, rate]) => [name, scalar(rate)])),
        ...(graph.stepNumber === undefined ? {} : { [graph.stepNumber]: scalar(1) })
      })
      const of = (name: string) => numbers(outputs[graph.state.find(({ input }) => input === name)!.output]!)
      return { w: of('w'), b: of('b') }
    }
    const fast = await step(plain, { [plain.learningRate]: 0.1 })
    const slow = await step(plain, { [plain.learningRate]: 0.001 })
    const both = await step(grouped, {
      [grouped.learningRate]: 0.1,
      [grouped.groupLearningRates.get('slow')!]: 0.001
    })
    // The same operations on the same numbers.
    expect(both).toEqual({ w: fast.w, b: slow.b })
    expect(fast.b).not.toEqual(slow.b)
  })
})
