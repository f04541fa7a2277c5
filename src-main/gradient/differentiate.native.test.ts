/** Gradients of whole graphs in ONNX Runtime: accumulation, sharing, training forms, carried gradients. */
import { describe, expect, it } from 'vitest'
import { createPrng } from '../base/prng'
import { expectClose, floatTensor, int64Feed, numbers } from '../../tests/helpers/check-gradient'
import { forwardModel } from '../../tests/helpers/gradient-cases/forward-model'
import { runModel } from '../../tests/helpers/run-model'
import { GraphBuilder } from '../onnx/build/graph-builder'
import { intAttribute, intsAttribute } from '../onnx/ir/attribute'
import { typedTensor } from '../onnx/ir/tensor'
import { assertInvariants } from '../onnx/invariants'
import type { RuntimeTensor } from '../runtime/inference-backend'
import { differentiate } from './differentiate'

const scalarLoss = { attributes: { keepdims: intAttribute(0) }, outputs: ['loss'] }

describe('differentiate', () => {
  it('sums the cotangents of a value that is used several times, an initializer shared by two nodes too', async () => {
    // loss = Σ (x·w + w·w): dw = x + 2w, dx = w.
    const b = new GraphBuilder('shared')
    b.input('x', 'float64', [3])
    b.initializer(typedTensor('w', 'float64', [3], Float64Array.of(1, -2, 3)))
    const sum = b.node('Add', [b.node('Mul', ['x', 'w']), b.node('Mul', ['w', 'w'])], { outputs: ['sum'] })
    b.output(sum, 'float64', [3])
    b.node('ReduceSum', [sum], scalarLoss)
    const { model, gradients } = differentiate(b.build(), { loss: 'loss', wrt: ['w', 'x'] })
    assertInvariants(model)
    expect([...gradients]).toEqual([
      ['w', 'w.gradient'],
      ['x', 'x.gradient']
    ])
    expect(model.graph.outputs.map(({ name }) => name)).toEqual(['sum', 'loss', 'w.gradient', 'x.gradient'])
    const outputs = await runModel(model, { x: floatTensor('float64', [3], [5, 7, 11]) })
    expect(numbers(outputs['w.gradient']!)).toEqual([7, 3, 17])
    expect(numbers(outputs['x.gradient']!)).toEqual([1, -2, 3])
    expect(numbers(outputs['sum']!)).toEqual([6, -10, 42])
    expect(numbers(outputs['loss']!)).toEqual([38])
  })

  it('keeps one part of the gradient when another is stopped', async () => {
    // x · cast(int(x)) is x · constant as far as gradients go.
    const b = new GraphBuilder('stopped')
    b.input('x', 'float64', [2])
    const whole = b.node('Cast', ['x'], { attributes: { to: intAttribute(7) } })
    b.node('ReduceSum', [b.node('Mul', ['x', b.node('CastLike', [whole, 'x'])])], scalarLoss)
    b.output('loss', 'float64', [])
    const { model } = differentiate(b.build(), { loss: 'loss', wrt: ['x'] })
    const outputs = await runModel(model, { x: floatTensor('float64', [2], [2.5, -3.5]) })
    expect(numbers(outputs['x.gradient']!)).toEqual([2, -3])
  })

  it('shares the cotangent between ties, and gives it to the first maximum of a pooling window', async () => {
    const b = new GraphBuilder('ties')
    b.input('x', 'float64', [1, 1, 4])
    const top = b.node('ReduceMax', ['x'], { attributes: { keepdims: intAttribute(0) }, outputs: ['top'] })
    const pool = b.node('MaxPool', ['x'], {
      attributes: { kernel_shape: intsAttribute([2]), strides: intsAttribute([2]) }
    })
    b.node('Add', [top, b.node('ReduceSum', [pool], { attributes: { keepdims: intAttribute(0) } })], {
      outputs: ['loss']
    })
    b.output('loss', 'float64', [])
    const { model } = differentiate(b.build(), { loss: 'loss', wrt: ['x'] })
    const outputs = await runModel(model, { x: floatTensor('float64', [1, 1, 4], [3, 3, 1, 2]) })
    expect(numbers(outputs['x.gradient']!)).toEqual([1.5, 0.5, 0, 1])
  })

  it('sends the cotangent through the mask that dropout drew', async () => {
    const b = new GraphBuilder('dropout')
    b.input('x', 'float32', [400])
    b.input('training', 'bool', [])
    const ratio = b.initializer(typedTensor('ratio', 'float32', [], Float32Array.of(0.25)))
    const y = b.node('Dropout', ['x', ratio, 'training'], { outputs: ['y'] })
    b.output(y, 'float32', [400])
    b.node('ReduceSum', [y], scalarLoss)
    const { model } = differentiate(b.build(), { loss: 'loss', wrt: ['x'] })
    for (const isTraining of [1, 0]) {
      const x = floatTensor('float32', [400], new Array<number>(400).fill(1))
      const training: RuntimeTensor = { dataType: 'bool', dims: [], data: Uint8Array.of(isTraining) }
      const outputs = await runModel(model, { x, training })
      // For x = 1 each output is its own derivative: 0 where it was dropped, 1 / 0.75 where not.
      const expected = numbers(outputs['y']!)
      const dropped = expected.filter((value) => value === 0).length
      expect(isTraining === 1 ? dropped > 50 && dropped < 150 : dropped === 0).toBe(true)
      // One division by 1 − ratio in float32 on either side.
      const gradient = numbers(outputs['x.gradient']!)
      expectClose(gradient, expected, { rtol: 3e-7, atol: 0, what: `training ${isTraining}` })
    }
  })

  it('gives the L2 norm of zeros the gradient 0', async () => {
    const b = new GraphBuilder('norm')
    b.input('x', 'float64', [3])
    b.node('ReduceL2', ['x'], scalarLoss)
    b.output('loss', 'float64', [])
    const { model } = differentiate(b.build(), { loss: 'loss', wrt: ['x'] })
    const outputs = await runModel(model, { x: floatTensor('float64', [3], [0, 0, 0]) })
    expect(numbers(outputs['x.gradient']!)).toEqual([0, 0, 0])
  })

  it('uses carried gradients in place of the nodes, scaled by the cotangent of the value', async () => {
    // `own` = floor(x) summed, said to have the gradient g; loss = 3·own + Σ x.
    const b = new GraphBuilder('carried')
    b.input('x', 'float64', [2])
    b.input('g', 'float64', [2])
    const sumOf = (value: string) => b.node('ReduceSum', [value], { attributes: scalarLoss.attributes })
    const own = sumOf(b.node('Floor', ['x']))
    const three = b.initializer(typedTensor('three', 'float64', [], Float64Array.of(3)))
    b.node('Add', [b.node('Mul', [own, three]), sumOf('x')], { outputs: ['loss'] })
    b.output('loss', 'float64', [])
    const carried = [{ value: own, gradients: [{ input: 'x', gradient: 'g' }] }]
    const { model } = differentiate(b.build(), { loss: 'loss', wrt: ['x'], carried })
    const outputs = await runModel(model, {
      x: floatTensor('float64', [2], [0.5, 1.5]),
      g: floatTensor('float64', [2], [10, 20])
    })
    expect(numbers(outputs['x.gradient']!)).toEqual([31, 61])
  })

  it('differentiates with respect to a value in the middle, without a rule for what makes it', async () => {
    const b = new GraphBuilder('middle')
    b.input('x', 'float64', [2])
    const middle = b.node('Atan', ['x'], { outputs: ['middle'] })
    b.node('ReduceSum', [b.node('Mul', [middle, middle])], scalarLoss)
    b.output(middle, 'float64', [2])
    b.output('loss', 'float64', [])
    // Only the float64 kernel of Atan is missing, so the value is fed in the model that runs.
    const { model } = differentiate(b.build(), { loss: 'loss', wrt: ['middle'] })
    const nodes = model.graph.nodes.filter(({ opType }) => opType !== 'Atan')
    const fed = { ...b.build().graph.inputs[0]!, name: 'middle' }
    const outputs = model.graph.outputs.filter(({ name }) => name !== 'middle')
    const found = await runModel(
      { ...model, graph: { ...model.graph, nodes, inputs: [fed], outputs } },
      { middle: floatTensor('float64', [2], [3, -4]) }
    )
    expect(numbers(found['middle.gradient']!)).toEqual([6, -8])
  })

  it('sums over broadcast axes also where not even the rank is known', async () => {
    const b = new GraphBuilder('rankless')
    b.input('x', 'float64', ['n'])
    b.input('shape', 'int64', ['r'])
    b.input('row', 'float64', [3])
    b.input('stack', 'float64', [2, 2, 3])
    const y = b.node('Reshape', ['x', 'shape'])
    b.node('ReduceSum', [b.node('Mul', [b.node('Mul', [y, 'row']), 'stack'])], scalarLoss)
    b.output('loss', 'float64', [])
    const { model } = differentiate(b.build(), { loss: 'loss', wrt: ['x', 'row'] })
    const stack = Array.from({ length: 12 }, (_, index) => index)
    const outputs = await runModel(model, {
      x: floatTensor('float64', [2], [2, 5]),
      shape: int64Feed([2], [2, 1]),
      row: floatTensor('float64', [3], [1, 10, 100]),
      stack: floatTensor('float64', [2, 2, 3], stack)
    })
    // loss = Σ x_j·row_k·stack_ijk: dx_j = Σ_ik row_k·stack_ijk, drow_k = Σ_ij x_j·stack_ijk.
    expect(numbers(outputs['x.gradient']!)).toEqual([6 + 80 + 1000, 12 + 140 + 1600])
    expect(numbers(outputs['row.gradient']!)).toEqual([2 * 6 + 5 * 12, 2 * 8 + 5 * 14, 2 * 10 + 5 * 16])
  })

  it('uses sizes that are promised, with the same result', async () => {
    const model = forwardModel(
      {
        name: 'residual',
        inputs: { x: [2, 3], y: [1, 3] },
        build: (b) => b.node('ReduceSum', [b.node('Mul', ['x', b.node('Add', ['x', 'y'])])], scalarLoss)
      },
      true
    )
    const prng = createPrng(3)
    const draw = (dims: number[]) =>
      floatTensor(
        'float64',
        dims,
        Array.from({ length: dims[0]! * dims[1]! }, () => prng.normal())
      )
    const feeds = { x: draw([2, 3]), y: draw([1, 3]) }
    const inputShapes = new Map([
      ['x', [2, 3]],
      ['y', [1, 3]]
    ])
    const [free, fixed] = [{}, { inputShapes }].map((options) =>
      differentiate(model, { loss: 'loss', wrt: ['x', 'y'], ...options })
    )
    expect(fixed!.model.graph.nodes.length).toBeLessThan(free!.model.graph.nodes.length)
    const [a, b] = [await runModel(free!.model, feeds), await runModel(fixed!.model, feeds)]
    for (const name of ['x.gradient', 'y.gradient']) {
      // Sums of a few terms of order 1 in float64.
      expectClose(numbers(a[name]!), numbers(b[name]!), { rtol: 1e-12, atol: 1e-12, what: name })
    }
  })
})
