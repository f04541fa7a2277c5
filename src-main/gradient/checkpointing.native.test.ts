/** Gradients with activations computed anew are those with activations kept, and the copies do run. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { numbers } from '../../tests/helpers/check-gradient'
import { randomFeed } from '../../tests/helpers/linear-models'
import { runModel } from '../../tests/helpers/run-model'
import { tinyModel } from '../../tests/helpers/tiny-speech-model'
import { conformerCtc, demoConformer } from '../demo/conformer-ctc'
import { assertInvariants } from '../onnx/invariants'
import { intAttribute } from '../onnx/ir/attribute'
import type { Model } from '../onnx/ir/model'
import { float32Values } from '../onnx/ir/tensor'
import { decodeModel } from '../onnx/serde/decode-model'
import type { RuntimeTensor } from '../runtime/inference-backend'
import { differentiate } from './differentiate'
import { GraphWriter } from './graph-writer'
import { parametersToInputs } from './parameters-to-inputs'
import { segmentsOf } from './segments'

type Feeds = Readonly<Record<string, RuntimeTensor>>

/** `model` with the output `loss`, the mean of the squares of its output `value`. */
function withMeanSquare(model: Model, value: string): Model {
  const graph = new GraphWriter(model, 'test')
  const loss = graph.takeName('loss')
  graph.nameValue(loss, 'ReduceMean', [graph.mul(value, value)], { keepdims: intAttribute(0) })
  graph.output(loss, 'float32', [])
  return graph.build()
}

async function expectSameGradients(original: Model, output: string, features: Feeds): Promise<void> {
  const used = new Set(original.graph.nodes.flatMap(({ inputs }) => inputs))
  const wrt = [...original.graph.initializers.values()]
    .filter(({ name, dataType, dims }) => used.has(name) && dataType === 'float32' && dims.length > 0)
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('rotary'))
  const { model, parameters } = parametersToInputs(withMeanSquare(original, output), wrt)
  const plain = differentiate(model, { loss: 'loss', wrt })
  const again = differentiate(model, { loss: 'loss', wrt, checkpointing: true })
  assertInvariants(again.model)
  // Copies of nodes are there: this is not the same graph.
  expect(again.model.graph.nodes.length).toBeGreaterThan(1.2 * plain.model.graph.nodes.length)
  const feeds: Record<string, RuntimeTensor> = { ...features }
  for (const [name, tensor] of parameters) {
    feeds[name] = { dataType: 'float32', dims: tensor.dims, data: float32Values(tensor) }
  }
  const [expected, found] = [await runModel(plain.model, feeds), await runModel(again.model, feeds)]
  for (const name of wrt) {
    const [a, b] = [
      numbers(expected[plain.gradients.get(name)!]!),
      numbers(found[again.gradients.get(name)!]!)
    ]
    const scale = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const worst = a.reduce((most, value, index) => Math.max(most, Math.abs(value - b[index]!)), 0)
    // The runtime may fuse copies otherwise than originals, which rounds otherwise: float32, some hundred terms.
    expect(Number.isFinite(worst), name).toBe(true)
    expect(worst, name).toBeLessThanOrEqual(2e-5 * scale)
  }
}

describe('gradient checkpointing', () => {
  it('gives the gradients of a small transformer', async () => {
    await expectSameGradients(tinyModel('whisper-log-mel'), 'logits', {
      input_features: randomFeed([2, 80, 60], 5)
    })
  })

  it('gives the gradients of a Conformer with masks', async () => {
    const model = conformerCtc(
      { ...demoConformer, modelSize: 16, hiddenSize: 32, heads: 2, blocks: 4, classes: 6 },
      1
    )
    const signal = randomFeed([2, 80, 48], 5)
    await expectSameGradients(model, 'logprobs', {
      audio_signal: signal,
      length: { dataType: 'int64', dims: [2], data: BigInt64Array.of(48n, 36n) }
    })
  })

  const file = resolve(import.meta.dirname, '../../../shared/real/whisper-tiny-ctc/model.onnx')
  const isAbsent = !existsSync(file)
  const reason = isAbsent ? ' (skipped: ../shared/real is absent)' : ''
  it.skipIf(isAbsent)(`gives the gradients of whisper-tiny-ctc${reason}`, async () => {
    const model = decodeModel(readFileSync(file))
    await expectSameGradients(model, 'logits', {
      input_features: randomFeed([1, 80, 60], 5)
    })
  })
})

describe('segments', () => {
  it('lie between blocks, where the residual stream alone crosses', () => {
    const model = conformerCtc({ ...demoConformer, classes: 6 }, 1)
    const segments = segmentsOf(model, new GraphWriter(model, 'test'), new Set())
    expect(segments.count).toBeGreaterThanOrEqual(demoConformer.blocks)
    const ends = model.graph.nodes.map((node) => segments.of(node))
    expect(ends).toEqual([...ends].sort((a, b) => a - b))
    expect(segments.ofValue('audio_signal')).toBe(-1)
  })
})
