import { createPrng } from '../../base/prng'
import { countMacs } from '../../onnx/macs'
import type { Model } from '../../onnx/ir/model'
import { inferShapes } from '../../onnx/shapes/infer-shapes'
import type { RuntimeTensor } from '../../runtime/inference-backend'
import type { SpeechModelDescription } from '../../speech/families/family'
import { inputShapes, paddedSamples } from '../../speech/families/model-feeds'

/** Length of audio at which operations are counted. Attention grows with length, so the length is part of the figure. */
export const macsReferenceSeconds = 10

/** Multiply-accumulates of the network per second of audio, in all and per node (by first output). */
export interface MacsPerAudioSecond {
  readonly total: number
  readonly perNode: ReadonlyMap<string, number>
  /** Audio that was counted: less than `macsReferenceSeconds` for a model that hears no more. */
  readonly referenceSeconds: number
}

/**
 * Counts the network's operations on `macsReferenceSeconds` of audio; the front end is not counted. A model that hears no
 * more than its beginning is counted on that.
 */
export function macsPerAudioSecond(model: Model, description: SpeechModelDescription): MacsPerAudioSecond {
  const samples = referenceSamples(description)
  const { total, perNode } = countMacs(model, inferShapes(model, inputShapes(description, samples)))
  const heardSeconds = paddedSamples(description, samples) / description.sampleRateHz
  const referenceSeconds = Math.min(macsReferenceSeconds, heardSeconds)
  return {
    total: Math.round(total / referenceSeconds),
    perNode: new Map([...perNode].map(([node, macs]) => [node, macs / referenceSeconds])),
    referenceSeconds
  }
}

/** Samples in `macsReferenceSeconds` of audio. */
export function referenceSamples({ sampleRateHz }: SpeechModelDescription): number {
  return macsReferenceSeconds * sampleRateHz
}

/** Seeded noise in the shape of the model's main input for the reference length. */
export function noiseInput(description: SpeechModelDescription): RuntimeTensor {
  const dims = inputShapes(description, referenceSamples(description)).get(description.inputName) ?? []
  const prng = createPrng(1)
  const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => prng.normal())
  return { dataType: 'float32', dims, data }
}
