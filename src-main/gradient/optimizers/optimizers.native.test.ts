/** Optimizer steps in ONNX Runtime against the same formulas over arrays, five steps in a row. */
import { describe, expect, it } from 'vitest'
import { expectClose, floatTensor, numbers } from '../../../tests/helpers/check-gradient'
import { runModel } from '../../../tests/helpers/run-model'
import { createPrng } from '../../base/prng'
import { GraphBuilder } from '../../onnx/build/graph-builder'
import { assertInvariants } from '../../onnx/invariants'
import type { Model } from '../../onnx/ir/model'
import type { RuntimeTensor } from '../../runtime/inference-backend'
import { addAdamW } from './adamw'
import { addSgd } from './sgd'
import type { StepGraph } from './step-graph'

const shapes: Readonly<Record<string, readonly number[]>> = { w: [2, 3], b: [3] }
const names = Object.keys(shapes)
const gradientNames = new Map(names.map((name) => [name, `${name}.gradient`]))
const stepCount = 5

/** Gradients are fed, so that only the optimizer is tested; the last step has large ones. */
function gradientModel(dataType: 'float64' | 'float32' = 'float64'): Model {
  const builder = new GraphBuilder('gradients')
  for (const name of names) {
    builder.input(name, dataType, shapes[name]!)
    const raw = builder.input(`${name}.fed`, dataType, shapes[name]!)
    builder.output(builder.node('Identity', [raw], { outputs: [`${name}.gradient`] }), dataType)
  }
  return builder.build()
}

type Vectors = Record<string, number[]>

function draws(seed: number): { start: Vectors; gradients: Vectors[] } {
  const prng = createPrng(seed)
  const vectors = (scale: number): Vectors =>
    Object.fromEntries(
      names.map((name) => [
        name,
        Array.from({ length: shapes[name]!.reduce((a, b) => a * b) }, () => scale * prng.normal())
      ])
    )
  return {
    start: vectors(1),
    gradients: Array.from({ length: stepCount }, (_, step) => vectors(step === stepCount - 1 ? 20 : 1))
  }
}

const learningRates = [0.1, 0.2, 0.05, 0.1, 0.3]

/** Closes the loop of state as a trainer would; the parameters after each step. */
async function run(step: StepGraph, { start, gradients }: ReturnType<typeof draws>): Promise<Vectors[]> {
  assertInvariants(step.model)
  let state: Record<string, RuntimeTensor> = Object.fromEntries(
    step.state.map(({ input, kind, dims }) => {
      const sizes = dims.map(Number)
      const zeros = new Array<number>(sizes.reduce((a, b) => a * b, 1)).fill(0)
      return [input, floatTensor('float64', sizes, kind === 'parameter' ? start[input]! : zeros)]
    })
  )
  const history: Vectors[] = []
  for (const [index, vectors] of gradients.entries()) {
    const feeds: Record<string, RuntimeTensor> = {
      ...state,
      [step.learningRate]: floatTensor('float64', [], [learningRates[index]!])
    }
    for (const name of names) feeds[`${name}.fed`] = floatTensor('float64', shapes[name]!, vectors[name]!)
    if (step.stepNumber !== undefined) feeds[step.stepNumber] = floatTensor('float64', [], [index + 1])
    const outputs = await runModel(step.model, feeds)
    state = Object.fromEntries(step.state.map(({ input, output }) => [input, outputs[output]!]))
    history.push(Object.fromEntries(names.map((name) => [name, numbers(state[name]!)])))
    if (step.gradientNorm !== undefined) {
      const norm = Math.hypot(...names.flatMap((name) => vectors[name]!))
      expectClose(numbers(outputs[step.gradientNorm]!), [norm], { rtol: 1e-14, atol: 0, what: 'norm' })
    }
  }
  return history
}

function clipped(vectors: Vectors, max: number | undefined): Vectors {
  if (max === undefined) return vectors
  const norm = Math.hypot(...names.flatMap((name) => vectors[name]!))
  const factor = Math.min(1, max / (norm + 1e-6))
  return Object.fromEntries(names.map((name) => [name, vectors[name]!.map((value) => value * factor)]))
}

function expectHistory(actual: readonly Vectors[], expected: readonly Vectors[]): void {
  expected.forEach((vectors, step) => {
    // float64 on both sides, some ten roundings per step.
    for (const name of names) {
      expectClose(actual[step]![name]!, vectors[name]!, {
        rtol: 1e-13,
        atol: 1e-14,
        what: `${name} after step ${step + 1}`
      })
    }
  })
}

describe('addSgd', () => {
  it.each<[string, number, number | undefined]>([
    ['plain', 0, undefined],
    ['momentum', 0.9, undefined],
    ['momentum and clipping, which only the last step meets', 0.9, 8]
  ])('takes the steps of its formula: %s', async (_, momentum, maxGradientNorm) => {
    const data = draws(1)
    const options = {
      gradients: gradientNames,
      momentum,
      ...(maxGradientNorm === undefined ? {} : { maxGradientNorm })
    }
    const step = addSgd(gradientModel(), options)
    // Both are short: one vector, of 6 + 3 elements.
    expect(step.state.filter(({ kind }) => kind === 'moment').map(({ dims }) => dims)).toEqual(
      momentum === 0 ? [] : [[9]]
    )
    expect(step.stepNumber).toBeUndefined()
    let [values, velocity]: [Vectors, Vectors] = [data.start, { w: [], b: [] }]
    const expected = data.gradients.map((raw, index) => {
      const g = clipped(raw, maxGradientNorm)
      velocity = Object.fromEntries(
        names.map((name) => [name, g[name]!.map((each, i) => momentum * (velocity[name]![i] ?? 0) + each)])
      )
      values = Object.fromEntries(
        names.map((name) => [
          name,
          values[name]!.map((each, i) => each - learningRates[index]! * velocity[name]![i]!)
        ])
      )
      return values
    })
    expectHistory(await run(step, data), expected)
  })
})

describe('addAdamW', () => {
  it.each<[string, number, number | undefined]>([
    ['no decay', 0, undefined],
    ['decay of all but the bias', 0.2, undefined],
    ['decay and clipping', 0.2, 1.5]
  ])('takes the steps of its formula: %s', async (_, weightDecay, maxGradientNorm) => {
    const [beta1, beta2, epsilon] = [0.8, 0.95, 1e-3]
    const data = draws(2)
    const step = addAdamW(gradientModel(), {
      gradients: gradientNames,
      beta1,
      beta2,
      epsilon,
      weightDecay,
      undecayed: new Set(['b']),
      ...(maxGradientNorm === undefined ? {} : { maxGradientNorm })
    })
    expect(step.state.map(({ input }) => input)).toEqual(
      weightDecay === 0
        ? ['joined.undecayed.mean', 'joined.undecayed.meanSquare', 'w', 'b']
        : ['w', 'b'].flatMap((name) => [`${name}.mean`, `${name}.meanSquare`, name])
    )
    const m: Vectors = { w: [], b: [] }
    const v: Vectors = { w: [], b: [] }
    let values = data.start
    const expected = data.gradients.map((raw, index) => {
      const g = clipped(raw, maxGradientNorm)
      const rate = learningRates[index]!
      const t = index + 1
      values = Object.fromEntries(
        names.map((name) => [
          name,
          values[name]!.map((each, i) => {
            const gradient = g[name]![i]!
            m[name]![i] = beta1 * (m[name]![i] ?? 0) + (1 - beta1) * gradient
            v[name]![i] = beta2 * (v[name]![i] ?? 0) + (1 - beta2) * gradient ** 2
            const mean = m[name]![i] / (1 - beta1 ** t)
            const square = v[name]![i] / (1 - beta2 ** t)
            const decay = name === 'b' ? 0 : rate * weightDecay
            return each * (1 - decay) - (rate * mean) / (Math.sqrt(square) + epsilon)
          })
        ])
      )
      return values
    })
    expectHistory(await run(step, data), expected)
  })
})

describe('optimizers', () => {
  it('refuse parameters that a step cannot replace', () => {
    const refused = (message: RegExp): unknown =>
      expect.objectContaining({ code: 'invalid-input', message: expect.stringMatching(message) as string })
    const gradients = new Map([['nothing', 'w.gradient']])
    expect(() => addSgd(gradientModel(), { gradients })).toThrowError(refused(/'nothing' is no input/))
    expect(() => addSgd(gradientModel(), { gradients: new Map() })).toThrowError(refused(/no parameters/))
    expect(() => addSgd(gradientModel(), { gradients: gradientNames, maxGradientNorm: 0 })).toThrowError(
      refused(/norm is 0/)
    )
    const model = gradientModel()
    const wInFloat32 = gradientModel('float32').graph.inputs[0]!
    const mixed = {
      ...model,
      graph: { ...model.graph, inputs: [wInFloat32, ...model.graph.inputs.slice(1)] }
    }
    expect(() => addSgd(mixed, { gradients: gradientNames })).toThrowError(refused(/float32 and float64/))
  })
})
