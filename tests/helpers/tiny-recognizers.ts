/** Graphs without weights whose text or label tells whether they were fed what they expect. */
import { GraphBuilder } from '../../src-main/onnx/build/graph-builder'
import { intAttribute } from '../../src-main/onnx/ir/attribute'
import { dataTypeNumber } from '../../src-main/onnx/ir/data-type'
import type { Model } from '../../src-main/onnx/ir/model'
import { float32Tensor, int64Tensor } from '../../src-main/onnx/ir/tensor'

export interface AttentiveCtcOptions {
  /** Name and dimensions of the features; `frames` marks time. */
  readonly input: readonly [name: string, dims: readonly (string | number)[]]
  /** Name and rank of the length [batch] or mask [batch, frames]. */
  readonly companion: readonly [name: string, rank: 1 | 2]
  readonly output: string
  readonly metadata?: Readonly<Record<string, string>>
}

/**
 * A CTC model of two classes, blank (0) and a word (1), that says the word only when the sum over its companion equals the
 * frames of its input: logits [1, frames, 2] = [|sum - frames|, 1/2].
 */
export function attentiveCtcModel({ input, companion, output, metadata = {} }: AttentiveCtcOptions): Model {
  const builder = new GraphBuilder('attentive-ctc')
  const [inputName, dims] = input
  const features = builder.input(inputName, 'float32', dims)
  const [companionName, rank] = companion
  const counted = builder.input(companionName, 'int64', rank === 1 ? ['batch'] : ['batch', 'frames'])
  const toFloat = { attributes: { to: intAttribute(dataTypeNumber('float32')) } }

  // [1, frames] zeros: the axis of the mel bins, where there is one, averaged away.
  const melAxis = dims.length === 2 ? undefined : dims.indexOf('frames') === 2 ? 1 : 2
  const overTime =
    melAxis === undefined
      ? features
      : builder.node('ReduceMean', [features, builder.initializer(int64Tensor('mel_axis', [1], [melAxis]))], {
          attributes: { keepdims: intAttribute(0) }
        })
  const zero = builder.initializer(float32Tensor('zero', [], Float32Array.of(0)))
  const zeros = builder.node('Mul', [overTime, zero])
  const frames = builder.node(
    'Cast',
    [builder.node('Shape', [zeros], { attributes: { start: intAttribute(1) } })],
    toFloat
  )
  const sum = builder.node(
    'Cast',
    [builder.node('ReduceSum', [counted], { attributes: { keepdims: intAttribute(0) } })],
    toFloat
  )
  const miss = builder.node('Abs', [builder.node('Sub', [sum, frames])])
  const half = builder.initializer(float32Tensor('half', [], Float32Array.of(0.5)))
  const classAxis = builder.initializer(int64Tensor('class_axis', [1], [2]))
  const columns = [miss, half].map((score) =>
    builder.node('Unsqueeze', [builder.node('Add', [zeros, score]), classAxis])
  )
  builder.node('Concat', columns, { outputs: [output], attributes: { axis: intAttribute(2) } })
  builder.output(output, 'float32', ['batch', 'steps', 2])
  return { ...builder.build(), metadataProps: new Map(Object.entries(metadata)) }
}

/**
 * A classifier of `samples` samples that answers whether the first is above zero: logits [batch, 2] = [-x_0, x_0]. A name as
 * the `batch` leaves it free.
 */
export function signClassifierModel(samples: number, batch: number | string = 1): Model {
  const builder = new GraphBuilder('sign-classifier')
  const x = builder.input('audio', 'float32', [batch, samples])
  const first = builder.node('Gather', [x, builder.initializer(int64Tensor('first', [1], [0]))], {
    attributes: { axis: intAttribute(1) }
  })
  builder.node('Concat', [builder.node('Neg', [first]), first], {
    outputs: ['scores'],
    attributes: { axis: intAttribute(1) }
  })
  builder.output('scores', 'float32', [batch, 2])
  return builder.build()
}

/**
 * A classifier that knows nothing yet: logits [batch, labels] = x · weight + bias with weight [samples, labels] zeros and
 * bias 0.1, 0.2 and so on.
 */
export function linearClassifierModel(samples: number, labels: number, batch: number | string): Model {
  const builder = new GraphBuilder('linear-classifier')
  const x = builder.input('audio', 'float32', [batch, samples])
  const weight = float32Tensor('weight', [samples, labels], new Float32Array(samples * labels))
  const biases = Float32Array.from({ length: labels }, (_, place) => (place + 1) / 10)
  const product = builder.node('MatMul', [x, builder.initializer(weight)], { name: 'head/MatMul' })
  const bias = builder.initializer(float32Tensor('bias', [labels], biases))
  builder.node('Add', [product, bias], { name: 'head/Add', outputs: ['scores'] })
  builder.output('scores', 'float32', [batch, labels])
  return builder.build()
}
