import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../onnx/build/graph-builder'
import { float32Tensor } from '../../onnx/ir/tensor'
import { formatValue, modelInterface } from './model-interface'

describe('modelInterface', () => {
  it('leaves out inputs that have an initializer', () => {
    const builder = new GraphBuilder('g')
    const x = builder.input('x', 'float32', ['batch', 2])
    const w = builder.initializer(float32Tensor('w', [2, 3], new Float32Array(6)))
    builder.output(builder.node('MatMul', [x, w], { outputs: ['y'] }), 'float32')
    const model = builder.build()
    // Before IR version 4, initializers had to be listed as inputs too.
    const inputs = [...model.graph.inputs, { name: 'w', type: undefined }]
    expect(modelInterface({ ...model, graph: { ...model.graph, inputs } })).toEqual({
      inputs: [{ name: 'x', dataType: 'float32', dims: ['batch', 2] }],
      outputs: [{ name: 'y', dataType: 'float32', dims: undefined }],
      metadata: new Map()
    })
  })

  it('hands on what the exporter noted', () => {
    const metadataProps = new Map([['model_type', 'wenet_ctc']])
    expect(modelInterface({ ...new GraphBuilder('g').build(), metadataProps }).metadata).toBe(metadataProps)
  })

  it('shows the kind of a value that is not a tensor', () => {
    const model = new GraphBuilder('g').build()
    const inputs = [{ name: 's', type: { kind: 'sequence', element: undefined } as const }]
    const graph = { ...model.graph, inputs }
    expect(modelInterface({ ...model, graph }).inputs).toEqual([
      { name: 's', dataType: 'sequence', dims: undefined }
    ])
  })
})

describe('formatValue', () => {
  it.each([
    [['batch', 80, undefined], 'float32 x [batch, 80, ?]'],
    [undefined, 'float32 x [...]'],
    [[], 'float32 x []']
  ])('shows dimensions %j', (dims, expected) => {
    expect(formatValue({ name: 'x', dataType: 'float32', dims })).toBe(expected)
  })
})
