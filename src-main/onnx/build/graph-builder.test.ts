import { describe, expect, it } from 'vitest'
import { assertInvariants } from '../invariants'
import { intAttribute } from '../ir/attribute'
import { float32Tensor } from '../ir/tensor'
import { authoredIrVersion, authoredOpset, GraphBuilder } from './graph-builder'

describe('GraphBuilder', () => {
  it('builds a legal model at the authored opset', () => {
    const builder = new GraphBuilder('gram')
    const x = builder.input('x', 'float32', ['rows', 2])
    const w = builder.initializer(float32Tensor('w', [2, 2], Float32Array.of(1, 2, 3, 4)))
    const y = builder.node('Gemm', [x, w], { attributes: { transB: intAttribute(1) }, name: 'multiply' })
    builder.output(y, 'float32', ['rows', 2])
    const model = builder.build()
    assertInvariants(model)
    expect(model.irVersion).toBe(authoredIrVersion)
    expect(model.opsetImports).toEqual(new Map([['', authoredOpset]]))
    expect(model.graph.nodes).toEqual([
      {
        name: 'multiply',
        opType: 'Gemm',
        domain: '',
        inputs: ['x', 'w'],
        outputs: [y],
        attributes: new Map([['transB', { kind: 'int', value: 1n }]])
      }
    ])
  })

  it('makes names that nobody has taken', () => {
    const builder = new GraphBuilder('names')
    const taken = builder.input('relu_0', 'float32', [])
    const first = builder.node('Relu', [taken])
    const second = builder.node('Relu', [first], { outputs: ['relu_2'] })
    const third = builder.node('Relu', [second])
    expect(new Set([taken, first, second, third]).size).toBe(4)
    builder.output(third, 'float32')
    assertInvariants(builder.build())
  })

  it('allows outputs to be left out and takes an opset', () => {
    const builder = new GraphBuilder('split', 17)
    const x = builder.input('x', 'float32', [4])
    const [, second] = builder.nodes('Split', [x], { outputs: ['', 'second'] })
    builder.output(second ?? '', 'float32')
    expect(builder.build().opsetImports.get('')).toBe(17)
    assertInvariants(builder.build())
  })

  it('refuses a second definition of a value', () => {
    const builder = new GraphBuilder('twice')
    builder.input('x', 'float32', [])
    expect(() => builder.initializer(float32Tensor('x', [], Float32Array.of(1)))).toThrowError(
      expect.objectContaining({ code: 'internal', message: "The value 'x' is defined twice." })
    )
    expect(() => builder.node('Relu', ['x'], { outputs: ['x'] })).toThrow()
  })

  it('does not change a model that was built', () => {
    const builder = new GraphBuilder('later')
    const x = builder.input('x', 'float32', [])
    const before = builder.build()
    builder.node('Relu', [x])
    expect(before.graph.nodes).toEqual([])
  })
})
