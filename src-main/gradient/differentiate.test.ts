import { describe, expect, it } from 'vitest'
import { buildModel } from '../../tests/helpers/linear-models'
import { assertInvariants } from '../onnx/invariants'
import { intAttribute } from '../onnx/ir/attribute'
import { float32Tensor } from '../onnx/ir/tensor'
import type { GraphBuilder } from '../onnx/build/graph-builder'
import { differentiate } from './differentiate'

const toScalar = { attributes: { keepdims: intAttribute(0) }, outputs: ['loss'] }

/** loss = Σ f(x · w), with f as given. */
function modelWith(last: (b: GraphBuilder, y: string) => string, opset?: number) {
  return buildModel((b) => {
    b.input('x', 'float32', ['n', 2])
    b.initializer(float32Tensor('w', [2, 2], Float32Array.of(1, 2, 3, 4)))
    b.initializer(float32Tensor('unused', [1], Float32Array.of(1)))
    const y = last(b, b.node('MatMul', ['x', 'w'], { name: 'product' }))
    b.node('ReduceSum', [y], toScalar)
    b.output(y, 'float32')
    b.output('loss', 'float32', [])
  }, opset)
}

const plain = () => modelWith((b, y) => b.node('Relu', [y]))

describe('differentiate', () => {
  it('keeps inputs, outputs and initializers, and changes nothing in the model given', () => {
    const model = plain()
    const before = structuredClone(model)
    const { model: step, gradients } = differentiate(model, { loss: 'loss', wrt: ['w'] })
    assertInvariants(step)
    expect(model).toEqual(before)
    expect(step.graph.inputs).toEqual(model.graph.inputs)
    expect(step.graph.initializers.get('w')).toBe(model.graph.initializers.get('w'))
    expect(step.graph.outputs.slice(0, -1)).toEqual(model.graph.outputs)
    expect(step.graph.outputs.at(-1)).toEqual({
      name: gradients.get('w'),
      type: { kind: 'tensor', dataType: 'float32', dims: [2, 2] }
    })
    expect(differentiate(model, { loss: 'loss', wrt: ['w'] })).toEqual({ model: step, gradients })
  })

  it('takes a free name when the gradient has a namesake', () => {
    const model = modelWith((b, y) => b.node('Relu', [y], { outputs: ['w.gradient'] }))
    const { gradients } = differentiate(model, { loss: 'loss', wrt: ['w'] })
    expect(gradients.get('w')).toBe('w.gradient_2')
  })

  it('does not look at nodes that are on no path from a weight to the loss', () => {
    const model = modelWith((b, y) => {
      b.output(b.node('Det', [y], { outputs: ['aside'] }), 'float32')
      return b.node('Add', [y, b.node('Mish', ['x'])])
    })
    assertInvariants(differentiate(model, { loss: 'loss', wrt: ['w'] }).model)
  })

  it('names the node and the operator without a rule, and the table', () => {
    const model = modelWith((b, y) => b.node('Mish', [y], { name: 'odd one' }))
    expect(() => differentiate(model, { loss: 'loss', wrt: ['w'] })).toThrowError(
      expect.objectContaining({
        code: 'unsupported-model',
        message:
          "Node 'odd one' (Mish) lies between a weight to train and the loss, and its operator has no gradient rule; docs/gradients.md lists those that have one."
      })
    )
  })

  it('does not mistake an operator of another domain for a standard one', () => {
    const model = modelWith((b, y) => b.node('Relu', [y], { domain: 'com.example', outputs: ['z'] }))
    expect(() => differentiate(model, { loss: 'loss', wrt: ['w'] })).toThrowError(/com\.example::Relu/)
  })

  it.each<[string, () => unknown, string, RegExp]>([
    [
      'an old opset',
      () =>
        differentiate(
          modelWith((_, y) => y, 12),
          { loss: 'loss', wrt: ['w'] }
        ),
      'unsupported-model',
      /opset 12, expected 13/
    ],
    [
      'a loss that is not there',
      () => differentiate(plain(), { loss: 'nothing', wrt: ['w'] }),
      'invalid-input',
      /no value 'nothing'/
    ],
    [
      'a weight that is not there',
      () => differentiate(plain(), { loss: 'loss', wrt: ['v'] }),
      'invalid-input',
      /no value 'v'/
    ],
    [
      'a loss with several elements',
      () => differentiate(plain(), { loss: 'relu_1', wrt: ['w'] }),
      'invalid-input',
      /shape \[\?, 2\], expected one number/
    ],
    [
      'a weight without influence',
      () => differentiate(plain(), { loss: 'loss', wrt: ['unused'] }),
      'invalid-input',
      /does not depend on 'unused'/
    ],
    [
      'a path that is stopped',
      () =>
        differentiate(
          modelWith((b, y) => b.node('Floor', [y])),
          { loss: 'loss', wrt: ['w'] }
        ),
      'invalid-input',
      /does not depend on 'w'/
    ],
    [
      'integers',
      () =>
        differentiate(
          buildModel((b) => {
            b.input('i', 'int64', [2])
            b.node('ReduceSum', ['i'], toScalar)
          }),
          { loss: 'loss', wrt: ['i'] }
        ),
      'invalid-input',
      /'loss' holds int64/
    ]
  ])('refuses %s', (_, act, code, message) => {
    expect(act).toThrowError(
      expect.objectContaining({ code, message: expect.stringMatching(message) as string })
    )
  })
})
