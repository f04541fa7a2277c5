import { floatAttribute, intAttribute, stringAttribute } from '../../../src-main/onnx/ir/attribute'
import { dataTypeNumber } from '../../../src-main/onnx/ir/data-type'
import type { Attribute } from '../../../src-main/onnx/ir/model'
import { int64Tensor, typedTensor } from '../../../src-main/onnx/ir/tensor'
import type { Draw, FloatType, GradientCases } from './gradient-case'

function binary(opType: string, draw: Draw = 'normal'): GradientCases {
  const shapes: [string, number[], number[]][] = [
    ['equal shapes', [2, 3], [2, 3]],
    ['a row', [2, 3], [3]],
    ['a column', [3, 1], [3, 4]],
    ['both are broadcast', [2, 1, 3], [4, 1]],
    ['a scalar', [], [2, 2]],
    ['more axes and ones in front', [1, 3], [2, 1, 2, 1]]
  ]
  return shapes.map(([name, a, b]) => ({
    name,
    draw,
    inputs: { a, b },
    build: (builder) => builder.node(opType, ['a', 'b'])
  }))
}

function unary(
  opType: string,
  options: { draw?: Draw; dataType?: FloatType; attributes?: Record<string, Attribute>; name?: string } = {}
): GradientCases {
  const { draw = 'normal', dataType = 'float64', attributes = {}, name = 'plain' } = options
  return [
    {
      name,
      draw,
      dataType,
      inputs: { x: [3, 4] },
      build: (builder) => builder.node(opType, ['x'], { attributes })
    }
  ]
}

function variadic(opType: string): GradientCases {
  return [
    {
      name: 'three operands',
      draw: 'distinct',
      inputs: { a: [2, 3], b: [3], c: [2, 1] },
      build: (builder) => builder.node(opType, ['a', 'b', 'c'])
    },
    {
      name: 'one operand',
      inputs: { a: [2, 3] },
      build: (builder) => builder.node(opType, ['a'])
    }
  ]
}

const condition = {
  c: { dataType: 'bool', dims: [2, 1, 3], data: Uint8Array.of(1, 0, 1, 0, 0, 1) }
} as const

/** By operator. Draws keep clear of kinks: those of HardSwish lie at ±3, of HardSigmoid at ±2.5, of others at 0. */
export const elementwiseCases: Readonly<Record<string, GradientCases>> = {
  Add: [
    ...binary('Add'),
    { name: 'a value beside itself', inputs: { a: [2, 2] }, build: (b) => b.node('Add', ['a', 'a']) }
  ],
  Sub: binary('Sub'),
  Mul: [
    ...binary('Mul'),
    { name: 'a square', inputs: { a: [2, 2] }, build: (b) => b.node('Mul', ['a', 'a']) }
  ],
  Div: binary('Div', 'positive'),
  Pow: [
    ...binary('Pow', 'positive'),
    ...[2, 3, 1].map((exponent) => ({
      name: `to the constant ${exponent}, of either sign`,
      inputs: { a: [2, 3] },
      build: (b: Parameters<GradientCases[number]['build']>[0]) =>
        b.node('Pow', ['a', b.initializer(typedTensor('e', 'float64', [], Float64Array.of(exponent)))])
    })),
    {
      name: 'to integers, 0 among them',
      inputs: { a: [2, 3] },
      build: (b) => b.node('Pow', ['a', b.initializer(int64Tensor('e', [3], [0, 2, 3]))])
    }
  ],
  Sum: variadic('Sum'),
  Mean: [
    {
      name: 'two operands',
      dataType: 'float32',
      inputs: { a: [2, 3], b: [3] },
      build: (b) => b.node('Mean', ['a', 'b'])
    }
  ],
  Max: [...binary('Max', 'distinct'), ...variadic('Max')],
  Min: [...binary('Min', 'distinct'), ...variadic('Min')],
  Where: [
    {
      name: 'everything is broadcast',
      fixed: condition,
      inputs: { a: [4, 1], b: [3] },
      build: (b) => b.node('Where', ['c', 'a', 'b'])
    }
  ],
  PRelu: [
    {
      name: 'slope per column',
      draw: 'off-integers',
      dataType: 'float32',
      inputs: { x: [3, 4], s: [4] },
      build: (b) => b.node('PRelu', ['x', 's'])
    }
  ],
  Clip: [
    {
      name: 'both bounds',
      draw: 'off-integers',
      inputs: { x: [3, 5] },
      build: (b) => {
        const low = b.initializer(typedTensor('low', 'float64', [], Float64Array.of(-1)))
        return b.node('Clip', [
          'x',
          low,
          b.initializer(typedTensor('high', 'float64', [], Float64Array.of(2)))
        ])
      }
    },
    {
      name: 'an upper bound',
      draw: 'off-integers',
      inputs: { x: [3, 5] },
      build: (b) =>
        b.node('Clip', ['x', '', b.initializer(typedTensor('high', 'float64', [], Float64Array.of(1)))])
    }
  ],
  Cast: [
    {
      name: 'to the other type and back',
      dataType: 'float32',
      inputs: { x: [2, 3] },
      build: (b) => {
        const there = b.node('Cast', ['x'], { attributes: { to: intAttribute(dataTypeNumber('float64')) } })
        const square = b.node('Mul', [there, there])
        return b.node('Cast', [square], { attributes: { to: intAttribute(dataTypeNumber('float32')) } })
      }
    }
  ],
  CastLike: [{ name: 'plain', inputs: { x: [2, 3] }, build: (b) => b.node('CastLike', ['x', 'x']) }],
  Trilu: [
    { name: 'upper', inputs: { x: [2, 3, 4] }, build: (b) => b.node('Trilu', ['x']) },
    {
      name: 'lower, shifted',
      inputs: { x: [3, 3] },
      build: (b) =>
        b.node('Trilu', ['x', b.initializer(int64Tensor('k', [], [1]))], {
          attributes: { upper: intAttribute(0) }
        })
    }
  ],
  Neg: unary('Neg'),
  Abs: unary('Abs', { draw: 'off-integers' }),
  Reciprocal: unary('Reciprocal', { draw: 'positive' }),
  Sqrt: unary('Sqrt', { draw: 'positive' }),
  Exp: unary('Exp'),
  Log: unary('Log', { draw: 'positive' }),
  Sin: unary('Sin'),
  Cos: unary('Cos'),
  Erf: unary('Erf', { dataType: 'float32' }),
  Tanh: unary('Tanh'),
  Sigmoid: unary('Sigmoid'),
  Softplus: unary('Softplus', { dataType: 'float32' }),
  Relu: unary('Relu', { draw: 'off-integers' }),
  LeakyRelu: [
    ...unary('LeakyRelu', { draw: 'off-integers', dataType: 'float32' }),
    ...unary('LeakyRelu', {
      draw: 'off-integers',
      dataType: 'float32',
      attributes: { alpha: floatAttribute(0.3) },
      name: 'alpha'
    })
  ],
  Elu: unary('Elu', {
    draw: 'off-integers',
    dataType: 'float32',
    attributes: { alpha: floatAttribute(1.5) }
  }),
  Gelu: [
    ...unary('Gelu', { dataType: 'float32' }),
    ...unary('Gelu', {
      dataType: 'float32',
      attributes: { approximate: stringAttribute('tanh') },
      name: 'tanh approximation'
    })
  ],
  HardSigmoid: unary('HardSigmoid', {
    draw: 'off-integers',
    dataType: 'float32',
    attributes: { alpha: floatAttribute(0.25) }
  }),
  HardSwish: unary('HardSwish', { draw: 'off-integers', dataType: 'float32' })
}
