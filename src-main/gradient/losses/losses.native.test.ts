/** Losses and their gradients in ONNX Runtime against their definitions, written out over arrays. */
import { describe, expect, it } from 'vitest'
import { expectClose, floatTensor, int64Feed, numbers } from '../../../tests/helpers/check-gradient'
import { checkLoss, drawn, inputsModel } from '../../../tests/helpers/check-loss'
import { runModel } from '../../../tests/helpers/run-model'
import { createPrng } from '../../base/prng'
import { addInputs } from '../add-inputs'
import { differentiate } from '../differentiate'
import { addCosineDistance } from './cosine-distance'
import { addCrossEntropy } from './cross-entropy'
import { addKlDivergence } from './kl-divergence'
import { addMeanSquaredError } from './mean-squared-error'
import { addWeightedSum } from './weighted-sum'

const [rows, columns] = [6, 4]
const shape = [2, 3, columns]
/** Two of six positions are padding. */
const mask = { dataType: 'bool', dims: [2, 3], data: Uint8Array.of(1, 1, 0, 1, 0, 1) } as const
const counts = [...mask.data]
const everywhere = counts.map(() => 1)

function row(values: readonly number[], index: number): number[] {
  return values.slice(index * columns, (index + 1) * columns)
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0)
}

function softmax(logits: readonly number[]): number[] {
  const exponentials = logits.map(Math.exp)
  const sum = exponentials.reduce((total, value) => total + value, 0)
  return exponentials.map((value) => value / sum)
}

/** Σ weight · each(position) / Σ weight. */
function meanOver(weights: readonly number[], each: (position: number) => number): number {
  const total = weights.reduce((sum, weight, index) => sum + weight * each(index), 0)
  return total / weights.reduce((sum, weight) => sum + weight, 0)
}

function feeds(seed: number, scale = 1) {
  const prng = createPrng(seed)
  const draw = () => scale * prng.normal()
  return { a: drawn(shape, draw), b: drawn(shape, draw) }
}

const masks: readonly [string, { weights?: string }, readonly number[]][] = [
  ['all positions', {}, everywhere],
  ['masked positions', { weights: 'mask' }, counts]
]

describe.each(masks)('over %s', (_, options, weights) => {
  const inputs = { ...feeds(1), mask }

  it('mean squared error', async () => {
    await checkLoss({
      add: (model) => addMeanSquaredError(model, { prediction: 'a', target: 'b', ...options }),
      feeds: inputs,
      wrt: ['a', 'b'],
      reference: (a, b) =>
        meanOver(weights, (position) => {
          const [p, q] = [row(a, position), row(b, position)]
          return p.reduce((sum, value, index) => sum + (value - q[index]!) ** 2, 0) / columns
        })
    })
  })

  it('cosine distance', async () => {
    await checkLoss({
      add: (model) => addCosineDistance(model, { prediction: 'a', target: 'b', ...options }),
      feeds: inputs,
      wrt: ['a', 'b'],
      reference: (a, b) =>
        meanOver(weights, (position) => {
          const [p, q] = [row(a, position), row(b, position)]
          return 1 - dot(p, q) / Math.sqrt(dot(p, p) * dot(q, q))
        })
    })
  })

  it.each([1, 2.5])('divergence at temperature %d', async (temperature) => {
    await checkLoss({
      add: (model) => addKlDivergence(model, { logits: 'a', teacherLogits: 'b', temperature, ...options }),
      feeds: inputs,
      wrt: ['a'],
      reference: (a) =>
        meanOver(weights, (position) => {
          const soften = (logits: number[]) => softmax(logits.map((value) => value / temperature))
          const [q, p] = [soften(row(a, position)), soften(row(numbers(inputs.b), position))]
          const divergence = p.reduce((sum, value, k) => sum + value * Math.log(value / q[k]!), 0)
          return temperature ** 2 * divergence
        })
    })
  })

  it.each([0, 0.1])('cross-entropy with label smoothing %d', async (labelSmoothing) => {
    // Padding is marked with −1 where it does not count.
    const labels = counts.map((count, index) =>
      count === 1 || options.weights === undefined ? index % columns : -1
    )
    await checkLoss({
      add: (model) => addCrossEntropy(model, { logits: 'a', labels: 'labels', labelSmoothing, ...options }),
      feeds: { ...inputs, labels: int64Feed([2, 3], labels) },
      wrt: ['a'],
      reference: (a) =>
        meanOver(weights, (position) => {
          const q = softmax(row(a, position))
          const target = q.map(
            (_each, k) => (k === labels[position] ? 1 - labelSmoothing : 0) + labelSmoothing / columns
          )
          return -dot(target, q.map(Math.log))
        })
    })
  })
})

describe('losses', () => {
  it('are 0 with gradient 0 when no position counts', async () => {
    const inputs = { ...feeds(2), mask: { ...mask, data: new Uint8Array(rows) } }
    const loss = addMeanSquaredError(inputsModel(inputs), { prediction: 'a', target: 'b', weights: 'mask' })
    const { model } = differentiate(loss.model, { ...loss, wrt: ['a'] })
    const outputs = await runModel(model, inputs)
    expect(numbers(outputs[loss.loss]!)).toEqual([0])
    expect(numbers(outputs['a.gradient']!).every((value) => value === 0)).toBe(true)
  })

  it('stay finite for logits that overflow an exponential', async () => {
    const inputs = { ...feeds(3, 1000), labels: int64Feed([2, 3], [0, 1, 2, 3, 0, 1]) }
    const crossEntropy = addCrossEntropy(inputsModel(inputs), { logits: 'a', labels: 'labels' })
    const divergence = addKlDivergence(crossEntropy.model, { logits: 'a', teacherLogits: 'b' })
    const total = addWeightedSum(divergence.model, [
      { loss: crossEntropy.loss, weight: 1 },
      { loss: divergence.loss, weight: 1 }
    ])
    const { model } = differentiate(total.model, { loss: total.loss, wrt: ['a'] })
    const outputs = await runModel(model, inputs)
    expect(Number.isFinite(numbers(outputs[total.loss]!)[0])).toBe(true)
    expect(numbers(outputs['a.gradient']!).every(Number.isFinite)).toBe(true)
  })

  it('add up with weights that are numbers or inputs', async () => {
    const inputs = { ...feeds(4), weight: floatTensor('float64', [], [3]) }
    const { weight: _weight, ...values } = inputs
    const { model: withWeight, names } = addInputs(inputsModel(values), [
      { name: 'weight', dataType: 'float64', dims: [] }
    ])
    const first = addMeanSquaredError(withWeight, { prediction: 'a', target: 'b' })
    const second = addCosineDistance(first.model, { prediction: 'a', target: 'b' })
    const total = addWeightedSum(second.model, [
      { loss: first.loss, weight: 0.5 },
      { loss: second.loss, weight: names[0]! }
    ])
    const gradientOf = async (loss: string) => {
      const { model } = differentiate(total.model, { loss, wrt: ['a'] })
      const outputs = await runModel(model, inputs)
      return [numbers(outputs[loss]!)[0]!, ...numbers(outputs['a.gradient']!)]
    }
    const [sum, one, two] = [
      await gradientOf(total.loss),
      await gradientOf(first.loss),
      await gradientOf(second.loss)
    ]
    const expected = one.map((value, index) => 0.5 * value + 3 * two[index]!)
    // Three roundings of float64 on either side.
    expectClose(sum, expected, { rtol: 1e-12, atol: 1e-12, what: 'sum' })
  })

  it('refuse parameters that make no sense', () => {
    const model = inputsModel(feeds(5))
    const refused = (code: string, message: RegExp): unknown =>
      expect.objectContaining({ code, message: expect.stringMatching(message) as string })
    expect(() => addKlDivergence(model, { logits: 'a', teacherLogits: 'b', temperature: 0 })).toThrowError(
      refused('invalid-input', /temperature is 0/)
    )
    expect(() => addCrossEntropy(model, { logits: 'a', labels: 'b', labelSmoothing: 1 })).toThrowError(
      refused('invalid-input', /smoothing is 1/)
    )
    expect(() => addMeanSquaredError(model, { prediction: 'nothing', target: 'b' })).toThrowError(
      refused('invalid-input', /'nothing', which is no floating-point value/)
    )
    expect(() => addWeightedSum(model, [])).toThrowError(refused('invalid-input', /no loss/))
  })
})
