import {
  floatAttribute,
  intAttribute,
  intsAttribute,
  stringAttribute
} from '../../../src-main/onnx/ir/attribute'
import type { Attribute } from '../../../src-main/onnx/ir/model'
import type { GradientCase, GradientCases } from './gradient-case'

function matmul(name: string, a: readonly number[], b: readonly number[]): GradientCase {
  return { name, inputs: { a, b }, build: (builder) => builder.node('MatMul', ['a', 'b']) }
}

function gemm(transA: number, transB: number, c: readonly number[] | undefined): GradientCase {
  const attributes = {
    transA: intAttribute(transA),
    transB: intAttribute(transB),
    alpha: floatAttribute(0.5),
    beta: floatAttribute(2)
  }
  return {
    name: `transA ${transA}, transB ${transB}, bias ${c === undefined ? 'none' : `[${c.join(', ')}]`}`,
    inputs: {
      a: transA === 1 ? [4, 2] : [2, 4],
      b: transB === 1 ? [3, 4] : [4, 3],
      ...(c === undefined ? {} : { c })
    },
    build: (builder) => builder.node('Gemm', c === undefined ? ['a', 'b'] : ['a', 'b', 'c'], { attributes })
  }
}

function einsum(equation: string, a: readonly number[], b: readonly number[] | undefined): GradientCase {
  return {
    name: equation,
    inputs: b === undefined ? { a } : { a, b },
    build: (builder) =>
      builder.node('Einsum', b === undefined ? ['a'] : ['a', 'b'], {
        attributes: { equation: stringAttribute(equation) }
      })
  }
}

interface Convolution {
  readonly x: readonly number[]
  readonly w: readonly number[]
  readonly hasBias?: true
  readonly attributes?: Readonly<Record<string, Attribute>>
}

/** Batch and spatial sizes may be dynamic; the weight is an input of known shape. */
function convolution(
  opType: string,
  name: string,
  { x, w, hasBias, attributes = {} }: Convolution
): GradientCase {
  const group = attributes['group']?.kind === 'int' ? Number(attributes['group'].value) : 1
  const outChannels = opType === 'Conv' ? w[0]! : w[1]! * group
  return {
    name,
    dataType: 'float32',
    inputs: { x, w, ...(hasBias === true ? { bias: [outChannels] } : {}) },
    knownShapes: ['w'],
    build: (builder) =>
      builder.node(opType, hasBias === true ? ['x', 'w', 'bias'] : ['x', 'w'], { attributes })
  }
}

const strided = { strides: intsAttribute([2]), pads: intsAttribute([1, 1]) }
const grouped = { group: intAttribute(2), pads: intsAttribute([2, 0]), dilations: intsAttribute([2]) }
const mixed2d = {
  strides: intsAttribute([2, 1]),
  pads: intsAttribute([0, 1, 2, 0]),
  dilations: intsAttribute([1, 2])
}

/** By operator. */
export const linearCases: Readonly<Record<string, GradientCases>> = {
  MatMul: [
    matmul('matrices', [2, 3], [3, 4]),
    matmul('a stack by a weight', [2, 3, 4], [4, 2]),
    matmul('two stacks', [2, 2, 3], [2, 3, 2]),
    matmul('stacks that broadcast', [2, 1, 2, 3], [4, 3, 2]),
    matmul('a weight by a stack', [2, 3], [2, 3, 2]),
    matmul('single rows and columns', [3, 1, 2], [3, 2, 1]),
    matmul('vectors', [3], [3]),
    matmul('a vector by a matrix', [3], [3, 2]),
    matmul('a matrix by a vector', [2, 3], [3]),
    matmul('a vector by a stack', [3], [2, 3, 2]),
    matmul('a stack by a vector', [2, 2, 3], [3])
  ],
  Gemm: [
    gemm(0, 0, [3]),
    gemm(1, 0, [2, 3]),
    gemm(0, 1, [1]),
    gemm(1, 1, [2, 1]),
    gemm(0, 0, undefined),
    gemm(0, 1, [])
  ],
  Einsum: [
    einsum('bij,bjk->bik', [2, 2, 3], [2, 3, 2]),
    einsum('bhid,bhjd->bhij', [1, 2, 2, 3], [1, 2, 3, 3]),
    einsum('i,j->ij', [2], [3]),
    einsum('ij->ji', [2, 3], undefined)
  ],
  Conv: [
    convolution('Conv', 'plain, bias', { x: [2, 3, 6], w: [2, 3, 3], hasBias: true }),
    convolution('Conv', 'strides that leave a rest', { x: [2, 2, 8], w: [3, 2, 3], attributes: strided }),
    convolution('Conv', 'strides without a rest', { x: [1, 2, 7], w: [3, 2, 3], attributes: strided }),
    convolution('Conv', 'groups, dilation, uneven pads', { x: [2, 4, 7], w: [6, 2, 3], attributes: grouped }),
    convolution('Conv', 'depthwise', {
      x: [2, 3, 6],
      w: [3, 1, 3],
      attributes: { group: intAttribute(3), pads: intsAttribute([1, 1]) }
    }),
    convolution('Conv', 'a kernel of 1 that skips', {
      x: [1, 2, 7],
      w: [2, 2, 1],
      attributes: { strides: intsAttribute([3]) }
    }),
    convolution('Conv', 'two axes', { x: [1, 2, 5, 6], w: [2, 2, 3, 2], attributes: mixed2d, hasBias: true }),
    {
      ...convolution('Conv', 'SAME padding', {
        x: [1, 2, 6],
        w: [2, 2, 4],
        attributes: { auto_pad: stringAttribute('SAME_LOWER'), strides: intsAttribute([2]) }
      }),
      isStaticOnly: true
    },
    convolution('Conv', 'VALID padding', {
      x: [1, 2, 6],
      w: [2, 2, 4],
      attributes: { auto_pad: stringAttribute('VALID') }
    })
  ],
  ConvTranspose: [
    convolution('ConvTranspose', 'plain, bias', { x: [2, 3, 4], w: [3, 2, 3], hasBias: true }),
    convolution('ConvTranspose', 'strides and output padding', {
      x: [1, 2, 4],
      w: [2, 3, 3],
      attributes: { ...strided, output_padding: intsAttribute([1]) }
    }),
    convolution('ConvTranspose', 'groups and dilation', {
      x: [2, 4, 5],
      w: [4, 2, 3],
      attributes: grouped
    }),
    convolution('ConvTranspose', 'two axes', { x: [1, 2, 3, 4], w: [2, 2, 3, 2], attributes: mixed2d })
  ]
}
