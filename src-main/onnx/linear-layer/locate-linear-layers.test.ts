import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../build/graph-builder'
import {
  floatAttribute,
  intAttribute,
  intsAttribute,
  stringAttribute,
  tensorAttribute
} from '../ir/attribute'
import { dataTypeNumber, type DataType } from '../ir/data-type'
import type { Attribute, Graph, Model } from '../ir/model'
import { float32Tensor, int64Tensor, typedTensor, type Tensor } from '../ir/tensor'
import type { ConvolutionWindow } from './convolution-window'
import type { LinearLayer } from './linear-layer'
import { locateLinearLayers } from './locate-linear-layers'
import { readBias, readWeight } from './read-weight'

/** 1, 2, 3, ... in row-major order, so that a transposition shows. */
function counting(name: string, ...dims: readonly number[]): Tensor {
  const count = dims.reduce((product, dim) => product * dim, 1)
  return float32Tensor(
    name,
    dims,
    Float32Array.from({ length: count }, (_, index) => index + 1)
  )
}

type GraphAttributes = Readonly<Record<string, Attribute>>

function build(construct: (builder: GraphBuilder) => void): Model {
  const builder = new GraphBuilder('test')
  construct(builder)
  return builder.build()
}

function only(model: Model): LinearLayer {
  const layers = locateLinearLayers(model)
  expect(layers).toHaveLength(1)
  return layers[0]!
}

const inOut = [1, 2, 3, 4, 5, 6]
// The stored rows [1, 2], [3, 4], [5, 6] of W transposed.
const outIn = [1, 3, 5, 2, 4, 6]

describe('the weight', () => {
  it('is the right operand of MatMul, as it is stored', () => {
    const model = build((b) => {
      b.node('MatMul', [b.input('x', 'float32', ['n', 2]), b.initializer(counting('w', 2, 3))], {
        outputs: ['y']
      })
    })
    const layer = only(model)
    expect(layer).toMatchObject({
      operator: 'MatMul',
      nodeOutput: 'y',
      weightName: 'w',
      weightLayout: 'in-out',
      weightDataType: 'float32',
      inFeatures: 2,
      outFeatures: 3,
      input: 'x',
      output: 'y',
      biasName: undefined,
      alpha: 1,
      beta: 1,
      weightUses: 1,
      graphPath: []
    })
    expect(readWeight(model, layer)).toEqual({ in: 2, out: 3, data: Float64Array.from(inOut) })
    expect(readBias(model, layer)).toBeUndefined()
  })

  it.each<[string, (b: GraphBuilder, w: string) => string, LinearLayer['weightLayout']]>([
    [
      'Transpose',
      (b, w) => b.node('Transpose', [w], { attributes: { perm: intsAttribute([1, 0]) } }),
      'out-in'
    ],
    ['Transpose by default', (b, w) => b.node('Transpose', [w]), 'out-in'],
    [
      'Transpose that changes nothing',
      (b, w) => b.node('Transpose', [w], { attributes: { perm: intsAttribute([0, 1]) } }),
      'in-out'
    ],
    ['two Transposes', (b, w) => b.node('Transpose', [b.node('Transpose', [w])]), 'in-out'],
    ['Identity', (b, w) => b.node('Identity', [w]), 'in-out'],
    [
      'Identity and a widening Cast',
      (b, w) =>
        b.node('Cast', [b.node('Identity', [w])], {
          attributes: { to: intAttribute(dataTypeNumber('float64')) }
        }),
      'in-out'
    ]
  ])('is found behind %s', (_, chain, layout) => {
    const dims = layout === 'in-out' ? [2, 3] : [3, 2]
    const model = build((b) => {
      const x = b.input('x', 'float32', ['n', 2])
      b.node('MatMul', [x, chain(b, b.initializer(counting('w', ...dims)))])
    })
    const layer = only(model)
    expect([layer.weightName, layer.weightLayout, layer.inFeatures, layer.outFeatures]).toEqual([
      'w',
      layout,
      2,
      3
    ])
    expect([...readWeight(model, layer).data]).toEqual(layout === 'in-out' ? inOut : outIn)
  })

  it('is none of a product with a second output, which a replacement would not have', () => {
    const model = build((b) => {
      const x = b.input('x', 'float32', ['n', 2])
      b.nodes('MatMul', [x, b.initializer(counting('w', 2, 3))], { outputs: ['more', 'y'] })
      b.nodes('Gemm', [x, 'w'], { outputs: [''] })
    })
    expect(locateLinearLayers(model)).toEqual([])
  })

  it('may be a Constant node', () => {
    const model = build((b) => {
      const w = b.node('Constant', [], {
        outputs: ['w'],
        attributes: { value: tensorAttribute(counting('', 2, 3)) }
      })
      b.node('MatMul', [b.input('x', 'float32', ['n', 2]), w])
    })
    expect(only(model).weightName).toBe('w')
    expect([...readWeight(model, only(model)).data]).toEqual(inOut)
  })

  it.each<[DataType, ArrayBufferView, readonly number[]]>([
    ['float64', Float64Array.of(1.1, -2), [1.1, -2]],
    // 1.5 is 0 01111 1000000000; 2^-24 is the smallest subnormal half; -inf.
    ['float16', Uint16Array.of(0x3e00, 0x0001), [1.5, 2 ** -24]],
    ['float16', Uint16Array.of(0xfc00, 0xc000), [-Infinity, -2]],
    ['bfloat16', Uint16Array.of(0x3fc0, 0xc000), [1.5, -2]]
  ])('is read exactly from %s', (dataType, values, expected) => {
    const model = build((b) => {
      const w = b.initializer(typedTensor('w', dataType, [1, 2], values))
      b.node('MatMul', [b.input('x', dataType, ['n', 1]), w])
    })
    expect(only(model).weightDataType).toBe(dataType)
    expect([...readWeight(model, only(model)).data]).toEqual(expected)
  })

  it.each<[string, (b: GraphBuilder, x: string) => void]>([
    ['a constant left operand', (b, x) => void b.node('MatMul', [b.initializer(counting('w', 3, 2)), x])],
    ['a weight of rank 3', (b, x) => void b.node('MatMul', [x, b.initializer(counting('w', 1, 2, 3))])],
    ['two activations', (b, x) => void b.node('MatMul', [x, x])],
    [
      'two constants',
      (b) => void b.node('MatMul', [b.initializer(counting('v', 1, 2)), b.initializer(counting('w', 2, 3))])
    ],
    [
      'an integer weight',
      (b, x) =>
        void b.node('MatMul', [x, b.initializer(typedTensor('w', 'int32', [2, 1], Int32Array.of(1, 2)))])
    ],
    [
      'a weight that a narrowing Cast changes',
      (b, x) =>
        void b.node('MatMul', [
          x,
          b.node('Cast', [b.initializer(counting('w', 2, 3))], { attributes: { to: intAttribute(10) } })
        ])
    ],
    [
      'a weight that is reshaped',
      (b, x) => void b.node('MatMul', [x, b.node('Reshape', [b.initializer(counting('w', 6)), 'shape'])])
    ],
    [
      'Gemm with transA',
      (b, x) =>
        void b.node('Gemm', [x, b.initializer(counting('w', 2, 3))], {
          attributes: { transA: intAttribute(1) }
        })
    ],
    [
      'another domain',
      (b, x) => void b.node('MatMul', [x, b.initializer(counting('w', 2, 3))], { domain: 'my.domain' })
    ],
    [
      'a grouped Conv',
      (b, x) =>
        void b.node('Conv', [x, b.initializer(counting('w', 4, 1, 1))], {
          attributes: { group: intAttribute(2) }
        })
    ],
    [
      'a depthwise Conv with a wide kernel',
      (b, x) =>
        void b.node('Conv', [x, b.initializer(counting('w', 2, 1, 3))], {
          attributes: { group: intAttribute(2) }
        })
    ],
    [
      'a Conv over three axes',
      (b, x) => void b.node('Conv', [x, b.initializer(counting('w', 4, 2, 3, 3, 3))])
    ],
    [
      'a Gather of columns',
      (b) =>
        void b.node('Gather', [b.initializer(counting('w', 2, 3)), b.input('ids', 'int64', ['n'])], {
          attributes: { axis: intAttribute(1) }
        })
    ],
    [
      'a Gather by constant indices',
      (b) =>
        void b.node('Gather', [b.initializer(counting('w', 2, 3)), b.initializer(int64Tensor('i', [1], [1]))])
    ],
    ['a Gather of activations', (b, x) => void b.node('Gather', [x, b.input('ids', 'int64', ['n'])])],
    [
      'a Gather from a vector',
      (b) => void b.node('Gather', [b.initializer(counting('w', 2)), b.input('ids', 'int64', ['n'])])
    ]
  ])('makes no layer of %s', (_, construct) => {
    expect(locateLinearLayers(build((b) => construct(b, b.input('x', 'float32', ['n', 2]))))).toEqual([])
  })
})

describe('Gemm and Conv', () => {
  it.each([0, 1])('Gemm with transB %i', (transB) => {
    const model = build((b) => {
      const w = b.initializer(counting('w', ...(transB === 1 ? [3, 2] : [2, 3])))
      const c = b.initializer(counting('c', 1, 3))
      b.node('Gemm', [b.input('x', 'float32', ['n', 2]), w, c], {
        attributes: { transB: intAttribute(transB), alpha: floatAttribute(0.5), beta: floatAttribute(2) }
      })
    })
    const layer = only(model)
    expect(layer).toMatchObject({
      operator: 'Gemm',
      alpha: 0.5,
      beta: 2,
      biasName: 'c',
      inFeatures: 2,
      outFeatures: 3
    })
    // alpha and beta stay on the node.
    expect([...readWeight(model, layer).data]).toEqual(transB === 1 ? outIn : inOut)
    expect([...readBias(model, layer)!]).toEqual([1, 2, 3])
  })

  it.each<[string, readonly number[]]>([
    ['a scalar', []],
    ['one per row', [4, 1]],
    ['one per element', [4, 3]]
  ])('leaves a C that is %s to the node', (_, dims) => {
    const model = build((b) => {
      const inputs = [
        b.input('x', 'float32', [4, 2]),
        b.initializer(counting('w', 2, 3)),
        b.initializer(counting('c', ...dims))
      ]
      b.node('Gemm', inputs, { attributes: { beta: floatAttribute(2) } })
    })
    expect(only(model)).toMatchObject({ biasName: undefined, beta: 1 })
  })

  it.each([1, 2])('pointwise Conv over %i spatial axes', (axes) => {
    const model = build((b) => {
      const kernel = new Array<number>(axes).fill(1)
      const w = b.initializer(counting('w', 3, 2, ...kernel))
      b.node('Conv', [b.input('x', 'float32', ['n', 2, ...kernel]), w, b.initializer(counting('b', 3))], {
        attributes: { kernel_shape: intsAttribute(kernel), strides: intsAttribute(kernel) }
      })
    })
    const layer = only(model)
    expect(layer).toMatchObject({
      operator: 'Conv',
      weightLayout: 'out-in',
      inFeatures: 2,
      outFeatures: 3,
      biasName: 'b',
      role: 'pointwise'
    })
    expect([...readWeight(model, layer).data]).toEqual(outIn)
  })
})

describe('Conv over patches', () => {
  it.each<[string, readonly number[], GraphAttributes, Partial<ConvolutionWindow>]>([
    [
      'a wide kernel',
      [3, 2, 5],
      {},
      { kernel: [5], strides: [1], dilations: [1], pads: { begin: [0], end: [0] } }
    ],
    [
      'strides, pads and dilations over two axes',
      [3, 2, 3, 1],
      {
        kernel_shape: intsAttribute([3, 1]),
        strides: intsAttribute([2, 1]),
        pads: intsAttribute([1, 0, 2, 0]),
        dilations: intsAttribute([1, 3])
      },
      { kernel: [3, 1], strides: [2, 1], dilations: [1, 3], pads: { begin: [1, 0], end: [2, 0] } }
    ],
    ['automatic padding', [3, 2, 4], { auto_pad: stringAttribute('SAME_UPPER') }, { autoPad: 'SAME_UPPER' }],
    [
      'a stride over single positions',
      [3, 2, 1],
      { strides: intsAttribute([2]) },
      { kernel: [1], strides: [2] }
    ],
    ['padding of single positions', [3, 2, 1], { pads: intsAttribute([0, 1]) }, { kernel: [1] }]
  ])('has patches as inputs: %s', (_, dims, attributes, window) => {
    const model = build((b) => {
      const x = b.input('x', 'float32', ['n', 2, ...dims.slice(2).map(() => undefined)])
      const w = b.initializer(counting('w', ...dims))
      // A name that would tell another role does not.
      b.node('Conv', [x, w, b.initializer(counting('b', 3))], { name: '/layers.1/fc1/Conv', attributes })
    })
    const layer = only(model)
    const features = dims.slice(1).reduce((product, dim) => product * dim, 1)
    expect(layer).toMatchObject({
      operator: 'Conv',
      role: 'conv',
      blockIndex: undefined,
      inFeatures: features,
      outFeatures: 3,
      biasName: 'b',
      window
    })
    const { in: rows, data } = readWeight(model, layer)
    // Stored [out, features] as 1, 2, 3 ...: column 0 of W is 1, 2, 3 ... and column 1 goes on.
    expect(Array.from({ length: rows }, (_, row) => data[row * 3 + 1])).toEqual(
      Array.from({ length: features }, (_, row) => features + row + 1)
    )
  })
})

describe('Gather', () => {
  it('is an embedding, and counts as a use of a weight that the head shares', () => {
    const model = build((b) => {
      const w = b.initializer(counting('w', 5, 2))
      const x = b.node('Gather', [w, b.input('ids', 'int64', ['n'])], { name: '/layers.0/q/Gather' })
      b.output(b.node('MatMul', [x, b.node('Transpose', [w])], { name: 'head' }), 'float32')
    })
    const layers = locateLinearLayers(model)
    expect(layers.map(({ id, operator, role, weightUses }) => [id, operator, role, weightUses])).toEqual([
      ['/layers.0/q/Gather', 'Gather', 'embedding', 2],
      ['head', 'MatMul', 'head', 2]
    ])
    expect(layers[0]).toMatchObject({ input: 'ids', inFeatures: 5, outFeatures: 2, weightLayout: 'in-out' })
    expect([...readWeight(model, layers[0]!).data]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })
})

describe('the bias', () => {
  function withAdd(
    bias: readonly number[],
    options: { isFirst?: boolean; isUsedTwice?: boolean; isOutput?: boolean } = {}
  ): LinearLayer {
    return only(
      build((b) => {
        const product = b.node(
          'MatMul',
          [b.input('x', 'float32', ['n', 2]), b.initializer(counting('w', 2, 3))],
          { outputs: ['product'] }
        )
        const c = b.initializer(counting('c', ...bias))
        b.node('Add', options.isFirst ? [c, product] : [product, c], { outputs: ['sum'] })
        if (options.isUsedTwice) b.node('Relu', [product])
        if (options.isOutput) b.output(product, 'float32')
      })
    )
  }

  it.each<[string, LinearLayer]>([
    ['[out]', withAdd([3])],
    ['[1, 1, out]', withAdd([1, 1, 3])],
    ['on the left of the Add', withAdd([3], { isFirst: true })]
  ])('is the constant of the following Add: %s', (_, layer) => {
    expect([layer.biasName, layer.nodeOutput, layer.output]).toEqual(['c', 'product', 'sum'])
  })

  it.each<[string, LinearLayer]>([
    ['the constant is a scalar', withAdd([])],
    ['the constant varies over rows', withAdd([3, 3])],
    ['the product is used twice', withAdd([3], { isUsedTwice: true })],
    ['the product is an output', withAdd([3], { isOutput: true })]
  ])('is none when %s', (_, layer) => {
    expect([layer.biasName, layer.output]).toEqual([undefined, 'product'])
  })
})

/** A branch that multiplies the outer value `x` by the outer weight `w` and adds a bias of its own. */
function branch(name: string): Graph {
  const builder = new GraphBuilder(name)
  const product = builder.node('MatMul', ['x', 'w'], { name: 'same name', outputs: ['product'] })
  const sum = builder.node('Add', [product, builder.initializer(counting('bias', 3))], { outputs: ['sum'] })
  return { ...builder.build().graph, outputs: [{ name: sum, type: undefined }] }
}

describe('subgraphs and sharing', () => {
  const model = build((b) => {
    b.input('x', 'float32', ['n', 2])
    b.initializer(counting('w', 2, 3))
    b.node('If', [b.input('flag', 'bool', [])], {
      outputs: ['y'],
      attributes: {
        then_branch: { kind: 'graph', value: branch('a') },
        else_branch: { kind: 'graph', value: branch('b') }
      }
    })
    b.output('y', 'float32')
  })

  it('finds the layers of both branches with the weight they share', () => {
    const layers = locateLinearLayers(model)
    expect(layers.map((layer) => layer.graphPath)).toEqual([
      ['y', 'then_branch'],
      ['y', 'else_branch']
    ])
    expect(layers.map((layer) => layer.weightUses)).toEqual([2, 2])
    for (const layer of layers) {
      expect(layer).toMatchObject({ weightName: 'w', biasName: 'bias', output: 'sum', role: 'head' })
      expect([...readWeight(model, layer).data]).toEqual(inOut)
      expect([...readBias(model, layer)!]).toEqual([1, 2, 3])
    }
  })

  it('gives unique ids where names repeat or are missing', () => {
    expect(locateLinearLayers(model).map((layer) => layer.id)).toEqual([
      'y > then_branch > product',
      'y > else_branch > product'
    ])
    const unnamed = build((b) => {
      const x = b.input('x', 'float32', ['n', 2])
      b.node('MatMul', [x, b.initializer(counting('w', 2, 3))], { name: '', outputs: ['y'] })
      b.node('MatMul', [x, 'w'], { name: 'named', outputs: ['z'] })
    })
    expect(locateLinearLayers(unnamed).map((layer) => [layer.id, layer.weightUses])).toEqual([
      ['y', 2],
      ['named', 2]
    ])
  })

  it('does not take a subgraph input for the outer constant of its name', () => {
    const inner = branch('body')
    const shadowed = build((b) => {
      b.input('x', 'float32', ['n', 2])
      b.initializer(counting('w', 2, 3))
      const graph = { ...inner, inputs: [{ name: 'w', type: undefined }] }
      b.node('Loop', ['', '', 'x'], { outputs: ['y'], attributes: { body: { kind: 'graph', value: graph } } })
    })
    expect(locateLinearLayers(shadowed)).toEqual([])
  })

  it('says so when the model is not the one that was searched', () => {
    const layer = locateLinearLayers(model)[0]!
    const other = build((b) => void b.input('x', 'float32', [1]))
    expect(() => readWeight(other, layer)).toThrow(expect.objectContaining({ code: 'invalid-input' }))
    expect(() => readWeight(other, { ...layer, graphPath: [] })).toThrow(/no tensor 'w'.*locate the layers/)
  })
})
