/** A pre-norm transformer encoder block in float64 whose weights are graph inputs, as a training step has them. */
import { GraphBuilder } from '../../src-main/onnx/build/graph-builder'
import { floatAttribute, intAttribute, intsAttribute } from '../../src-main/onnx/ir/attribute'
import type { Model } from '../../src-main/onnx/ir/model'
import { int64Tensor, typedTensor } from '../../src-main/onnx/ir/tensor'

export const [modelSize, heads, hiddenSize] = [8, 2, 12]

/** Every weight with its shape. */
export const blockWeights: Readonly<Record<string, readonly number[]>> = {
  'norm1.scale': [modelSize],
  'norm1.bias': [modelSize],
  query: [modelSize, modelSize],
  'query.bias': [modelSize],
  key: [modelSize, modelSize],
  value: [modelSize, modelSize],
  'value.bias': [modelSize],
  out: [modelSize, modelSize],
  'out.bias': [modelSize],
  'norm2.scale': [modelSize],
  'norm2.bias': [modelSize],
  up: [modelSize, hiddenSize],
  'up.bias': [hiddenSize],
  down: [hiddenSize, modelSize],
  'down.bias': [modelSize]
}

/** Input x [batch, frames, modelSize] of free sizes; output y of the same shape; loss = mean y². */
export function transformerBlock(): Model {
  const b = new GraphBuilder('block')
  const x = b.input('x', 'float64', ['batch', 'frames', modelSize])
  for (const [name, dims] of Object.entries(blockWeights)) b.input(name, 'float64', dims)
  const attended = b.node('Add', [x, attention(b, norm(b, x, 'norm1'))])
  const hidden = gelu(b, linear(b, norm(b, attended, 'norm2'), 'up'))
  const y = b.node('Add', [attended, linear(b, hidden, 'down')], { outputs: ['y'] })
  const square = b.node('Pow', [y, number(b, 'two', 2)])
  b.node('ReduceMean', [square], { attributes: { keepdims: intAttribute(0) }, outputs: ['loss'] })
  b.output('y', 'float64', ['batch', 'frames', modelSize])
  b.output('loss', 'float64', [])
  return b.build()
}

function number(b: GraphBuilder, name: string, value: number): string {
  return b.initializer(typedTensor(name, 'float64', [], Float64Array.of(value)))
}

function norm(b: GraphBuilder, x: string, name: string): string {
  return b.node('LayerNormalization', [x, `${name}.scale`, `${name}.bias`], {
    attributes: { epsilon: floatAttribute(1e-3) }
  })
}

function linear(b: GraphBuilder, x: string, name: string): string {
  const product = b.node('MatMul', [x, name])
  return `${name}.bias` in blockWeights ? b.node('Add', [product, `${name}.bias`]) : product
}

/** softmax(Q·Kᵀ / √d)·V per head. */
function attention(b: GraphBuilder, x: string): string {
  const split = b.initializer(int64Tensor('split', [4], [0, 0, heads, modelSize / heads]))
  const joined = b.initializer(int64Tensor('joined', [3], [0, 0, modelSize]))
  const byHead = (name: string, perm: readonly number[]) =>
    b.node('Transpose', [b.node('Reshape', [linear(b, x, name), split])], {
      attributes: { perm: intsAttribute(perm) }
    })
  const product = b.node('MatMul', [byHead('query', [0, 2, 1, 3]), byHead('key', [0, 2, 3, 1])])
  const scores = b.node('Mul', [product, number(b, 'scale', 1 / Math.sqrt(modelSize / heads))])
  const mixed = b.node('MatMul', [b.node('Softmax', [scores]), byHead('value', [0, 2, 1, 3])])
  const merged = b.node('Transpose', [mixed], { attributes: { perm: intsAttribute([0, 2, 1, 3]) } })
  return linear(b, b.node('Reshape', [merged, joined]), 'out')
}

/** The tanh approximation in single nodes: the Gelu operator has no float64 kernel. */
function gelu(b: GraphBuilder, x: string): string {
  const cube = b.node('Mul', [b.node('Pow', [x, number(b, 'three', 3)]), number(b, 'cubic', 0.044715)])
  const inner = b.node('Mul', [b.node('Add', [x, cube]), number(b, 'slope', Math.sqrt(2 / Math.PI))])
  const bracket = b.node('Add', [b.node('Tanh', [inner]), number(b, 'one', 1)])
  return b.node('Mul', [b.node('Mul', [x, number(b, 'half', 0.5)]), bracket])
}
