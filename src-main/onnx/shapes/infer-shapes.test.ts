import { describe, expect, it } from 'vitest'
import { GraphBuilder, type NodeOptions } from '../build/graph-builder'
import { intAttribute, intsAttribute, stringAttribute } from '../ir/attribute'
import type { DataType } from '../ir/data-type'
import type { Dimension, Model } from '../ir/model'
import { float32Tensor, int64Tensor } from '../ir/tensor'
import { inferShapes } from './infer-shapes'

type Input = readonly [dataType: DataType, ...dims: Dimension[]]

/** A model of one node. Inputs are [type, ...dims], int64 vectors given as plain numbers, or '' when left out. */
function oneNode(
  opType: string,
  inputs: readonly (Input | readonly number[] | '')[],
  options: NodeOptions = {},
  opset?: number
): Model {
  const builder = new GraphBuilder('one node', opset)
  const names = inputs.map((input, index) => {
    if (input === '') return ''
    const [first, ...rest] = input
    if (typeof first === 'string') return builder.input(`x${index}`, first, rest)
    return builder.initializer(int64Tensor(`c${index}`, [input.length], input as readonly number[]))
  })
  builder.nodes(opType, names, { outputs: ['y'], ...options })
  return builder.build()
}

function dimsOf(model: Model, value = 'y', inputs: Record<string, readonly number[]> = {}) {
  return inferShapes(model, new Map(Object.entries(inputs))).values.get(value)?.dims
}

const u = undefined
const x234: Input = ['float32', 2, 3, 4]

describe('inferShapes, by family', () => {
  const cases: readonly [string, Model, readonly Dimension[] | undefined][] = [
    ['Add broadcasts', oneNode('Add', [x234, ['float32', 3, 1]]), [2, 3, 4]],
    [
      'Add of an unknown size and a known one',
      oneNode('Add', [
        ['float32', 'n', 4],
        ['float32', 3, 1]
      ]),
      [3, 4]
    ],
    [
      'Add of an unknown size and 1',
      oneNode('Add', [
        ['float32', 'n', 4],
        ['float32', 1, 4]
      ]),
      [u, 4]
    ],
    ['Where', oneNode('Where', [['bool', 3, 1], ['float32', 1, 4], ['float32']]), [3, 4]],
    [
      'MatMul of batches',
      oneNode('MatMul', [
        ['float32', 5, 1, 2, 3],
        ['float32', 7, 3, 4]
      ]),
      [5, 7, 2, 4]
    ],
    ['MatMul by a vector', oneNode('MatMul', [x234, ['float32', 4]]), [2, 3]],
    [
      'MatMul with unknown rows',
      oneNode('MatMul', [
        ['float32', 'n', 3],
        ['float32', 3, 4]
      ]),
      [u, 4]
    ],
    [
      'Gemm with both operands transposed',
      oneNode(
        'Gemm',
        [
          ['float32', 3, 2],
          ['float32', 5, 3]
        ],
        { attributes: { transA: intAttribute(1), transB: intAttribute(1) } }
      ),
      [2, 5]
    ],
    [
      'Einsum',
      oneNode(
        'Einsum',
        [
          ['float32', 2, 3, 4],
          ['float32', 2, 5, 4]
        ],
        { attributes: { equation: stringAttribute('bid,bjd->bij') } }
      ),
      [2, 3, 5]
    ],
    [
      'Conv with stride, padding and groups',
      oneNode(
        'Conv',
        [
          ['float32', 1, 4, 11],
          ['float32', 6, 2, 3]
        ],
        {
          attributes: { group: intAttribute(2), strides: intsAttribute([2]), pads: intsAttribute([1, 1]) }
        }
      ),
      [1, 6, 6]
    ],
    [
      'Conv with dilation over unknown frames',
      oneNode(
        'Conv',
        [
          ['float32', 'n', 4, 'frames'],
          ['float32', 6, 4, 3]
        ],
        { attributes: { dilations: intsAttribute([2]) } }
      ),
      [u, 6, u]
    ],
    [
      'ConvTranspose',
      oneNode(
        'ConvTranspose',
        [
          ['float32', 1, 4, 5],
          ['float32', 4, 2, 4]
        ],
        {
          attributes: { strides: intsAttribute([2]), pads: intsAttribute([1, 1]) }
        }
      ),
      [1, 2, 10]
    ],
    [
      'MaxPool rounding up',
      oneNode('MaxPool', [['float32', 1, 2, 8]], {
        attributes: {
          kernel_shape: intsAttribute([3]),
          strides: intsAttribute([2]),
          ceil_mode: intAttribute(1)
        }
      }),
      [1, 2, 4]
    ],
    ['GlobalAveragePool', oneNode('GlobalAveragePool', [['float32', 1, 2, 8, 9]]), [1, 2, 1, 1]],
    ['Reshape with 0 and -1', oneNode('Reshape', [x234, [0, -1]]), [2, 12]],
    [
      'Reshape that copies an unknown axis',
      oneNode('Reshape', [
        ['float32', 'n', 3, 4],
        [0, -1]
      ]),
      [u, 12]
    ],
    ['Reshape to a computed shape', oneNode('Reshape', [x234, ['int64', 2]]), [u, u]],
    [
      'Transpose',
      oneNode('Transpose', [x234], { attributes: { perm: intsAttribute([2, 0, 1]) } }),
      [4, 2, 3]
    ],
    ['Unsqueeze by input', oneNode('Unsqueeze', [x234, [0, -1]]), [1, 2, 3, 4, 1]],
    [
      'Unsqueeze by attribute',
      oneNode('Unsqueeze', [x234], { attributes: { axes: intsAttribute([1]) } }, 11),
      [2, 1, 3, 4]
    ],
    ['Squeeze of every 1', oneNode('Squeeze', [['float32', 1, 3, 1]]), [3]],
    [
      'Expand',
      oneNode('Expand', [
        ['float32', 3, 1],
        [2, 1, 4]
      ]),
      [2, 3, 4]
    ],
    [
      'Tile',
      oneNode('Tile', [
        ['float32', 2, 3],
        [2, 4]
      ]),
      [4, 12]
    ],
    [
      'Gather of several',
      oneNode('Gather', [x234, [0, 2]], { attributes: { axis: intAttribute(1) } }),
      [2, 2, 4]
    ],
    ['Slice backwards', oneNode('Slice', [['float32', 10], [-1], [-11], [0], [-3]]), [4]],
    [
      'Slice to the end keeps an unknown size',
      oneNode('Slice', [['float32', 'n', 4], [0], [2 ** 53], [0]]),
      [u, 4]
    ],
    ['Slice with a computed end', oneNode('Slice', [['float32', 9, 4], [0], ['int64', 1], [0]]), [u, 4]],
    [
      'Concat',
      oneNode('Concat', [x234, ['float32', 2, 5, 'n']], { attributes: { axis: intAttribute(1) } }),
      [2, 8, 4]
    ],
    [
      'Pad',
      oneNode('Pad', [
        ['float32', 2, 3],
        [0, 1, 0, 2]
      ]),
      [2, 6]
    ],
    [
      'ReduceMean by attribute',
      oneNode('ReduceMean', [x234], { attributes: { axes: intsAttribute([-1]) } }, 17),
      [2, 3, 1]
    ],
    [
      'ReduceSum without keepdims',
      oneNode('ReduceSum', [x234, [0, 2]], { attributes: { keepdims: intAttribute(0) } }),
      [3]
    ],
    ['ReduceMax over unknown axes', oneNode('ReduceMax', [x234, ['int64', 1]]), [u, u, u]],
    [
      'ArgMax',
      oneNode('ArgMax', [x234], { attributes: { axis: intAttribute(-1), keepdims: intAttribute(0) } }),
      [2, 3]
    ],
    ['LayerNormalization', oneNode('LayerNormalization', [x234, ['float32', 4]]), [2, 3, 4]],
    [
      'LSTM',
      oneNode(
        'LSTM',
        [
          ['float32', 7, 2, 5],
          ['float32', 2, 12, 5],
          ['float32', 2, 12, 3]
        ],
        {
          attributes: { hidden_size: intAttribute(3), direction: stringAttribute('bidirectional') }
        }
      ),
      [7, 2, 2, 3]
    ],
    [
      'MatMulInteger',
      oneNode('MatMulInteger', [
        ['uint8', 2, 3],
        ['int8', 3, 4]
      ]),
      [2, 4]
    ],
    [
      'MatMulNBits',
      oneNode(
        'MatMulNBits',
        [
          ['float32', 2, 32],
          ['uint8', 8, 2, 8],
          ['float32', 16]
        ],
        {
          domain: 'com.microsoft',
          attributes: { K: intAttribute(32), N: intAttribute(8) }
        }
      ),
      [2, 8]
    ],
    ['ConstantOfShape', oneNode('ConstantOfShape', [[2, 3]]), [2, 3]],
    ['Range', oneNode('Range', [['int64'], ['int64'], ['int64']]), [u]],
    ['an operator without a rule', oneNode('Unheard', [x234]), u]
  ]
  it.each(cases)('%s', (_, model, expected) => {
    expect(dimsOf(model)).toEqual(expected)
  })

  it.each<[string, Model, DataType]>([
    [
      'MatMulInteger accumulates in int32',
      oneNode('MatMulInteger', [
        ['uint8', 2, 3],
        ['int8', 3, 4]
      ]),
      'int32'
    ],
    ['Shape is int64', oneNode('Shape', [x234]), 'int64'],
    ['Equal is bool', oneNode('Equal', [x234, x234]), 'bool'],
    ['Cast is what it says', oneNode('Cast', [x234], { attributes: { to: intAttribute(10) } }), 'float16'],
    [
      'DequantizeLinear has the type of its scale',
      oneNode('DequantizeLinear', [['int8', 4], ['float16']]),
      'float16'
    ]
  ])('%s', (_, model, dataType) => {
    expect(inferShapes(model).values.get('y')?.dataType).toBe(dataType)
  })

  it('gives the parts of a Split, the last one smaller', () => {
    const builder = new GraphBuilder('split', 18)
    const x = builder.input('x', 'float32', [7, 2])
    builder.nodes('Split', [x], { outputs: ['a', 'b', 'c'], attributes: { num_outputs: intAttribute(3) } })
    const { values } = inferShapes(builder.build())
    expect(['a', 'b', 'c'].map((name) => values.get(name)?.dims)).toEqual([
      [3, 2],
      [3, 2],
      [1, 2]
    ])
  })
})

describe('inferShapes', () => {
  it('binds symbols given in one input wherever inputs use them', () => {
    const builder = new GraphBuilder('symbols')
    const a = builder.input('a', 'float32', ['batch', 3])
    const b = builder.input('b', 'float32', ['batch', 3])
    builder.node('Mul', [b, b], { outputs: ['y'] })
    builder.node('Neg', [a], { outputs: ['z'] })
    expect(dimsOf(builder.build(), 'y', { a: [5, 3] })).toEqual([5, 3])
    expect(dimsOf(builder.build(), 'y')).toEqual([u, 3])
  })

  it('follows one known size of a partly unknown shape through Reshape', () => {
    const builder = new GraphBuilder('heads')
    const x = builder.input('x', 'float32', ['batch', 'frames', 384])
    const size = (axis: number) => {
      const index = builder.initializer(int64Tensor(`axis${axis}`, [1], [axis]))
      return builder.node('Gather', [builder.node('Shape', [x]), index])
    }
    const heads = builder.initializer(int64Tensor('heads', [1], [6]))
    const headSize = builder.node('Div', [size(2), heads])
    const shape = builder.node('Concat', [size(0), size(1), heads, headSize], {
      attributes: { axis: intAttribute(0) }
    })
    builder.node('Reshape', [x, shape], { outputs: ['y'] })
    expect(dimsOf(builder.build())).toEqual([u, u, 6, 64])
    expect(dimsOf(builder.build(), 'y', { x: [1, 50, 384] })).toEqual([1, 50, 6, 64])
  })

  it('lists each operator without a rule once, with its domain', () => {
    const builder = new GraphBuilder('unknown')
    const x = builder.input('x', 'float32', [2])
    const y = builder.node('Strange', [x], { domain: 'my.domain' })
    builder.node('Add', [builder.node('Strange', [y], { domain: 'my.domain' }), x], { outputs: ['z'] })
    const table = inferShapes(builder.build())
    expect(table.unknownOperators).toEqual(['my.domain::Strange'])
    expect(table.values.has('z')).toBe(false)
  })

  it.each<[string, Model, RegExp]>([
    [
      'MatMul',
      oneNode(
        'MatMul',
        [
          ['float32', 2, 3],
          ['float32', 4, 5]
        ],
        { name: 'my product' }
      ),
      /'my product' \(MatMul\).*inner sizes.*3 and 4/
    ],
    [
      'Add',
      oneNode('Add', [
        ['float32', 2, 3],
        ['float32', 2, 4]
      ]),
      /\[2, 3\] and \[2, 4\] do not broadcast/
    ],
    ['Reshape', oneNode('Reshape', [x234, [5, 5]]), /24 elements and \[5, 5\] has 25/],
    [
      'Conv channels',
      oneNode('Conv', [
        ['float32', 1, 4, 9],
        ['float32', 6, 3, 3]
      ]),
      /has 4 channels, expected 3/
    ],
    [
      'Concat',
      oneNode('Concat', [x234, ['float32', 2, 3, 5]], { attributes: { axis: intAttribute(0) } }),
      /differ outside axis 0/
    ],
    ['Squeeze', oneNode('Squeeze', [x234, [1]]), /axis 1 of \[2, 3, 4\] is not 1/]
  ])('names the node when shapes contradict: %s', (_, model, message) => {
    expect(() => inferShapes(model)).toThrow(
      expect.objectContaining({ code: 'invalid-input', message: expect.stringMatching(message) as string })
    )
  })

  it('refuses shapes that do not fit the declared inputs', () => {
    const model = oneNode('Neg', [x234])
    expect(() => dimsOf(model, 'y', { x0: [2, 3, 5] })).toThrow(/\[2, 3, 4\], which \[2, 3, 5\] does not fit/)
    expect(() => dimsOf(model, 'y', { other: [1] })).toThrow(/'other', which is not an input/)
  })

  it('treats calls of model-local functions as unknown, even under the name of an operator', () => {
    const model = oneNode('Relu', [x234])
    const table = inferShapes({
      ...model,
      functions: [
        {
          name: 'Relu',
          domain: '',
          inputs: ['a'],
          outputs: ['b'],
          attributeNames: [],
          attributeDefaults: new Map(),
          nodes: [],
          opsetImports: new Map(),
          valueInfos: []
        }
      ]
    })
    expect(table.unknownOperators).toEqual(['Relu'])
  })
})

describe('constants', () => {
  it('are followed up to 1024 elements, beyond which only the shape is known', () => {
    const sizes = (count: number) => {
      const builder = new GraphBuilder('many')
      const x = builder.input('x', 'float32', [1])
      const ones = builder.initializer(int64Tensor('ones', [count], new Array<number>(count).fill(1)))
      const product = builder.node('ReduceProd', [ones], { attributes: { keepdims: intAttribute(1) } })
      builder.node('Expand', [x, product], { outputs: ['y'] })
      return dimsOf(builder.build())
    }
    expect(sizes(1024)).toEqual([1])
    expect(sizes(1025)).toEqual([u])
  })

  it('do not take external data for granted', () => {
    const builder = new GraphBuilder('external')
    const x = builder.input('x', 'float32', [2, 3])
    const shape = builder.initializer({
      name: 'shape',
      dataType: 'int64',
      dims: [1],
      data: { kind: 'external', location: 'w', offsetBytes: 0, lengthBytes: 8 }
    })
    builder.node('Reshape', [x, shape], { outputs: ['y'] })
    builder.node('MatMul', [x, builder.initializer(float32Tensor('w', [3, 5], new Float32Array(15)))], {
      outputs: ['z']
    })
    expect(dimsOf(builder.build())).toEqual([6])
    expect(dimsOf(builder.build(), 'z')).toEqual([2, 5])
  })
})
