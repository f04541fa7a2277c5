/** Small models around one linear layer in each of its forms, for tests of what rewrites layers. */
import { createPrng } from '../../src-main/base/prng'
import { GraphBuilder } from '../../src-main/onnx/build/graph-builder'
import {
  floatAttribute,
  intAttribute,
  intsAttribute,
  stringAttribute,
  tensorAttribute
} from '../../src-main/onnx/ir/attribute'
import { dataTypeNumber, type DataType } from '../../src-main/onnx/ir/data-type'
import type { Attribute, Model } from '../../src-main/onnx/ir/model'
import { elementCount, float32Tensor, typedTensor, type Tensor } from '../../src-main/onnx/ir/tensor'
import type { LinearLayer } from '../../src-main/onnx/linear-layer/linear-layer'
import type { RuntimeTensor } from '../../src-main/runtime/inference-backend'

export const [inFeatures, outFeatures] = [7, 4]

/** A layer as it would be located in the main graph; what a test does not care about has a plain value. */
export function linearLayer(facts: Partial<LinearLayer> = {}): LinearLayer {
  return {
    id: 'layer',
    operator: 'MatMul',
    nodeOutput: 'y',
    weightName: 'w',
    weightLayout: 'in-out',
    weightDataType: 'float32',
    inFeatures,
    outFeatures,
    input: 'x',
    output: 'y',
    biasName: undefined,
    alpha: 1,
    beta: 1,
    blockIndex: undefined,
    role: 'other',
    attention: undefined,
    weightUses: 1,
    graphPath: [],
    ...facts
  }
}

/** Standard normal values. */
export function randomTensor(name: string, dims: readonly number[], seed: number): Tensor {
  return float32Tensor(name, dims, randomValues(dims, seed))
}

export function randomFeed(dims: readonly number[], seed: number): RuntimeTensor {
  return { dataType: 'float32', dims, data: randomValues(dims, seed) }
}

function randomValues(dims: readonly number[], seed: number): Float32Array {
  const prng = createPrng(seed)
  return Float32Array.from({ length: elementCount(dims) }, () => prng.normal())
}

/** Normal halves of either sign between 1/4 and 4. */
export function randomHalfTensor(name: string, dims: readonly number[], seed: number): Tensor {
  const prng = createPrng(seed)
  const bits = Uint16Array.from(
    { length: elementCount(dims) },
    () => (prng.integer(2) << 15) | ((13 + prng.integer(4)) << 10) | prng.integer(1024)
  )
  return typedTensor(name, 'float16', dims, bits)
}

/** Builds a graph with the opset of `opset`, or Lathe's own. */
export function buildModel(construct: (builder: GraphBuilder) => void, opset?: number): Model {
  const builder = opset === undefined ? new GraphBuilder('test') : new GraphBuilder('test', opset)
  construct(builder)
  return builder.build()
}

export interface LayerForm {
  readonly name: string
  readonly model: Model
  /** Input `x`. */
  readonly feed: RuntimeTensor
}

/**
 * One linear layer y = f(x) between untouched neighbours: x is also an output through Relu, and a constant that has
 * nothing to do with the layer is added to it. The model has metadata.
 */
function form(
  name: string,
  xDims: readonly number[],
  construct: (builder: GraphBuilder, x: string) => string
): LayerForm {
  const model = buildModel((builder) => {
    const x = builder.input('x', 'float32', xDims)
    const y = construct(builder, x)
    builder.output(builder.node('Identity', [y], { outputs: ['result'] }), 'float32')
    const bystander = builder.initializer(randomTensor('bystander', [1], 99))
    const relu = builder.node('Relu', [x], { name: 'bystanding' })
    builder.output(builder.node('Add', [relu, bystander], { outputs: ['unrelated'] }), 'float32')
  })
  const metadataProps = new Map([['vocab_size', '28']])
  return { name, model: { ...model, metadataProps }, feed: randomFeed(xDims, 11) }
}

function toFloat32(builder: GraphBuilder, value: string): string {
  return builder.node('Cast', [value], { attributes: { to: intAttribute(dataTypeNumber('float32')) } })
}

function matmulForm(name: string, weight: (builder: GraphBuilder) => string): LayerForm {
  return form(name, [2, 5, inFeatures], (b, x) => b.node('MatMul', [x, weight(b)], { outputs: ['y'] }))
}

const inOut = [inFeatures, outFeatures] as const
const outIn = [outFeatures, inFeatures] as const

export const matmulForms: readonly LayerForm[] = [
  matmulForm('MatMul', (b) => b.initializer(randomTensor('w', inOut, 1))),
  matmulForm('MatMul behind Transpose', (b) =>
    b.node('Transpose', [b.initializer(randomTensor('w', outIn, 1))])
  ),
  matmulForm('MatMul behind Identity', (b) =>
    b.node('Identity', [b.initializer(randomTensor('w', inOut, 1))])
  ),
  matmulForm('MatMul behind a Cast of float16', (b) =>
    toFloat32(b, b.initializer(randomHalfTensor('w', inOut, 1)))
  ),
  matmulForm('MatMul behind a Cast and a Transpose', (b) =>
    b.node('Transpose', [toFloat32(b, b.initializer(randomHalfTensor('w', outIn, 1)))])
  ),
  matmulForm('MatMul by a Constant node', (b) =>
    b.node('Constant', [], {
      outputs: ['w'],
      attributes: { value: tensorAttribute(randomTensor('', inOut, 1)) }
    })
  ),
  form('MatMul followed by a bias', [3, inFeatures], (b, x) => {
    const product = b.node('MatMul', [x, b.initializer(randomTensor('w', inOut, 1))], { outputs: ['y'] })
    return b.node('Add', [b.initializer(randomTensor('bias', [outFeatures], 2)), product])
  })
]

interface GemmFacts {
  readonly transB: number
  readonly alpha: number
  readonly beta: number
  /** Shape of C; undefined for none. */
  readonly bias: readonly number[] | undefined
}

function gemmForm({ transB, alpha, beta, bias }: GemmFacts): LayerForm {
  const name = `Gemm, transB ${transB}, alpha ${alpha}, beta ${beta}, C ${bias === undefined ? 'absent' : `[${bias.join(', ')}]`}`
  return form(name, [5, inFeatures], (b, x) => {
    const w = b.initializer(randomTensor('w', transB === 1 ? outIn : inOut, 1))
    const c = bias === undefined ? [] : [b.initializer(randomTensor('c', bias, 2))]
    return b.node('Gemm', [x, w, ...c], {
      outputs: ['y'],
      attributes: { transB: intAttribute(transB), alpha: floatAttribute(alpha), beta: floatAttribute(beta) }
    })
  })
}

export const gemmForms: readonly LayerForm[] = [0, 1].flatMap((transB) =>
  [undefined, [outFeatures], [1, outFeatures], [5, 1], []].flatMap((bias) => [
    gemmForm({ transB, alpha: 1, beta: 1, bias }),
    gemmForm({ transB, alpha: -1.5, beta: 0.25, bias })
  ])
)

function convForm(
  axes: number,
  weight: 'initializer' | 'Identity' | 'Constant',
  hasBias: boolean
): LayerForm {
  const kernel = new Array<number>(axes).fill(1)
  const name = `Conv 1x1 over ${axes} axes by a weight from ${weight}${hasBias ? ' with bias' : ''}`
  const spatial = [5, 3].slice(0, axes)
  return form(name, [2, inFeatures, ...spatial], (b, x) => {
    const tensor = randomTensor('w', [...outIn, ...kernel], 1)
    const bias = hasBias ? [b.initializer(randomTensor('c', [outFeatures], 2))] : []
    const w =
      weight === 'Constant'
        ? b.node('Constant', [], { outputs: ['w'], attributes: { value: tensorAttribute(tensor) } })
        : b.initializer(tensor)
    const operand = weight === 'Identity' ? b.node('Identity', [w]) : w
    return b.node('Conv', [x, operand, ...bias], { outputs: ['y'] })
  })
}

export const convForms: readonly LayerForm[] = [
  convForm(1, 'initializer', true),
  convForm(1, 'initializer', false),
  convForm(2, 'initializer', true),
  convForm(2, 'Identity', false),
  convForm(1, 'Constant', true)
]

interface WindowFacts {
  readonly kernel: readonly number[]
  /** Sizes of the input's spatial axes. */
  readonly space: readonly number[]
  readonly attributes?: Readonly<Record<string, Attribute>>
  readonly hasBias?: boolean
}

function windowForm(
  name: string,
  { kernel, space, attributes = {}, hasBias = true }: WindowFacts
): LayerForm {
  return form(`Conv with ${name}`, [2, inFeatures, ...space], (b, x) => {
    const w = b.initializer(randomTensor('w', [...outIn, ...kernel], 1))
    const bias = hasBias ? [b.initializer(randomTensor('c', [outFeatures], 2))] : []
    return b.node('Conv', [x, w, ...bias], { outputs: ['y'], attributes })
  })
}

/** Convolutions over patches of every kind of window. */
export const windowForms: readonly LayerForm[] = [
  windowForm('kernel 3', { kernel: [3], space: [9] }),
  windowForm('kernel 3 without bias', { kernel: [3], space: [9], hasBias: false }),
  windowForm('kernel 3, stride 2 and pads', {
    kernel: [3],
    space: [10],
    attributes: { kernel_shape: intsAttribute([3]), strides: intsAttribute([2]), pads: intsAttribute([1, 1]) }
  }),
  windowForm('kernel 4, dilation 2 and uneven pads', {
    kernel: [4],
    space: [8],
    attributes: { dilations: intsAttribute([2]), pads: intsAttribute([0, 3]) }
  }),
  windowForm('stride 3 over single positions', {
    kernel: [1],
    space: [8],
    attributes: { strides: intsAttribute([3]) }
  }),
  windowForm('kernel 3x2, strides, dilations and uneven pads', {
    kernel: [3, 2],
    space: [7, 6],
    attributes: {
      strides: intsAttribute([2, 1]),
      dilations: intsAttribute([1, 2]),
      pads: intsAttribute([1, 2, 0, 1])
    }
  }),
  ...['SAME_UPPER', 'SAME_LOWER', 'VALID'].map((autoPad) =>
    windowForm(`${autoPad} padding`, {
      kernel: [3, 4],
      space: [8, 7],
      attributes: { auto_pad: stringAttribute(autoPad), strides: intsAttribute([2, 2]) }
    })
  )
]

/** An embedding of `inFeatures` entries, tied with a head; input `ids`. */
export const gatherModel: Model = buildModel((b) => {
  const w = b.initializer(randomTensor('w', inOut, 1))
  const rows = b.node('Gather', [w, b.input('ids', 'int64', [2, 3])], { outputs: ['rows'] })
  b.output(
    b.node('MatMul', [rows, b.node('Transpose', [w])], { outputs: ['result'], name: 'head' }),
    'float32'
  )
})

/** Every kind of index: first, last, counted from the end, repeated. */
export const gatherFeed: RuntimeTensor = {
  dataType: 'int64',
  dims: [2, 3],
  data: BigInt64Array.of(0n, 6n, -1n, 3n, 3n, -7n)
}

/** A model whose only layer multiplies in `dataType`: input and output are that type too. */
export function modelInType(dataType: DataType & ('float16' | 'float64')): Model {
  const weight =
    dataType === 'float16'
      ? randomHalfTensor('w', inOut, 1)
      : typedTensor('w', 'float64', inOut, Float64Array.from(randomValues(inOut, 1)))
  return buildModel((b) => {
    const x = b.input('x', dataType, [3, inFeatures])
    b.output(b.node('MatMul', [x, b.initializer(weight)], { outputs: ['y'] }), dataType)
  })
}

/** y = x · w in both branches of an If, where `w` is stored in the main graph and each branch adds its own constant. */
export function modelWithBranches(): Model {
  const branch = (name: string, value: number) => {
    const { graph } = buildModel((b) => {
      const product = b.node('MatMul', ['x', 'w'], { outputs: [`${name}_product`] })
      const constant = b.initializer(float32Tensor(`${name}_constant`, [1], Float32Array.of(value)))
      b.output(b.node('Add', [product, constant], { outputs: [`${name}_y`] }), 'float32')
    })
    return { kind: 'graph', value: { ...graph, name } } as const
  }
  return buildModel((b) => {
    b.input('x', 'float32', [3, inFeatures])
    const condition = b.input('condition', 'bool', [])
    b.initializer(randomTensor('w', inOut, 1))
    b.output(
      b.node('If', [condition], {
        outputs: ['y'],
        attributes: { then_branch: branch('then', 1), else_branch: branch('else', -1) }
      }),
      'float32'
    )
  })
}
