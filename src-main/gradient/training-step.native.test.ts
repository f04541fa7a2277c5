/** A whole step as one graph: forward pass, CTC, gradients and AdamW, put together as a trainer would. */
import { expect, it } from 'vitest'
import { floatTensor, int64Feed, numbers } from '../../tests/helpers/check-gradient'
import { createPrng } from '../base/prng'
import { GraphBuilder } from '../onnx/build/graph-builder'
import { assertInvariants } from '../onnx/invariants'
import { float32Tensor, float32Values } from '../onnx/ir/tensor'
import { encodeModel } from '../onnx/serde/encode-model'
import type { RuntimeTensor } from '../runtime/inference-backend'
import { createOrtBackend } from '../runtime/ort/ort-backend'
import { addInputs } from './add-inputs'
import { differentiate } from './differentiate'
import { addCtc } from './losses/ctc'
import { addAdamW } from './optimizers/adamw'
import { parametersToInputs } from './parameters-to-inputs'

const [batch, frames, features, hidden, classes] = [2, 12, 5, 16, 4]
const prng = createPrng(1)

function drawn(count: number, scale: number): Float32Array {
  return Float32Array.from({ length: count }, () => scale * prng.normal())
}

/** Two linear maps with a Relu between. */
function recognizer() {
  const b = new GraphBuilder('recognizer')
  b.input('x', 'float32', ['batch', 'frames', features])
  b.initializer(float32Tensor('up', [features, hidden], drawn(features * hidden, 0.5)))
  b.initializer(float32Tensor('down', [hidden, classes], drawn(hidden * classes, 0.3)))
  b.initializer(float32Tensor('bias', [classes], new Float32Array(classes)))
  const product = b.node('MatMul', [b.node('Relu', [b.node('MatMul', ['x', 'up'])]), 'down'])
  b.output(b.node('Add', [product, 'bias'], { outputs: ['logits'] }), 'float32')
  return b.build()
}

it('learns two utterances by heart, the same way every time', async () => {
  const wrt = ['up', 'down', 'bias']
  const { model: open, parameters } = parametersToInputs(recognizer(), wrt)
  const { model: labelled } = addInputs(open, [
    { name: 'labels', dataType: 'int64', dims: ['batch', 'labels'] },
    { name: 'frameCounts', dataType: 'int64', dims: ['batch'] },
    { name: 'labelCounts', dataType: 'int64', dims: ['batch'] }
  ])
  const ctc = addCtc(labelled, {
    logits: 'logits',
    labels: 'labels',
    frameCounts: 'frameCounts',
    labelCounts: 'labelCounts'
  })
  const differentiated = differentiate(ctc.model, { ...ctc, wrt })
  const step = addAdamW(differentiated.model, {
    gradients: differentiated.gradients,
    maxGradientNorm: 5,
    undecayed: new Set(['bias'])
  })
  assertInvariants(step.model)

  const data: Record<string, RuntimeTensor> = {
    x: { dataType: 'float32', dims: [batch, frames, features], data: drawn(batch * frames * features, 1) },
    labels: int64Feed([batch, 3], [1, 2, 3, 2, 2, 0]),
    frameCounts: int64Feed([batch], [12, 9]),
    labelCounts: int64Feed([batch], [3, 2])
  }
  const session = await createOrtBackend().open({ kind: 'bytes', bytes: encodeModel(step.model) })
  const train = async () => {
    let state: Record<string, RuntimeTensor> = Object.fromEntries(
      step.state.map(({ input, kind, dims }) => {
        const sizes = dims.map(Number)
        const zeros = new Float32Array(sizes.reduce((a, b) => a * b, 1))
        const values = kind === 'parameter' ? float32Values(parameters.get(input)!) : zeros
        return [input, { dataType: 'float32', dims: sizes, data: values }]
      })
    )
    const losses: number[] = []
    for (let number = 1; number <= 80; number++) {
      const outputs = await session.run(
        {
          ...data,
          ...state,
          [step.learningRate]: floatTensor('float32', [], [0.03]),
          [step.stepNumber!]: floatTensor('float32', [], [number])
        },
        [ctc.loss, ...step.state.map(({ output }) => output)]
      )
      state = Object.fromEntries(step.state.map(({ input, output }) => [input, outputs[output]!]))
      losses.push(numbers(outputs[ctc.loss]!)[0]!)
    }
    return losses
  }
  try {
    const losses = await train()
    expect(losses[0]).toBeGreaterThan(4)
    expect(losses.at(-1)).toBeLessThan(0.5)
    expect(await train()).toEqual(losses)
  } finally {
    await session.release()
  }
})
