import { countMacs } from '../../onnx/macs'
import type { Model } from '../../onnx/ir/model'
import { inferShapes } from '../../onnx/shapes/infer-shapes'
import type { SpeechModelDescription } from '../../speech/families/family'

/** Length of audio at which operations are counted. Attention grows with length, so the length is part of the figure. */
export const macsReferenceSeconds = 10

/** Multiply-accumulates of the network per second of audio, in all and per node (by first output). */
export interface MacsPerAudioSecond {
  readonly total: number
  readonly perNode: ReadonlyMap<string, number>
}

/**
 * Counts the network's operations on `macsReferenceSeconds` of audio; the front end is not counted.
 */
export function macsPerAudioSecond(model: Model, description: SpeechModelDescription): MacsPerAudioSecond {
  const shapes = inferShapes(model, new Map([[description.inputName, referenceInputShape(description)]]))
  const { total, perNode } = countMacs(model, shapes)
  return {
    total: Math.round(total / macsReferenceSeconds),
    perNode: new Map([...perNode].map(([node, macs]) => [node, macs / macsReferenceSeconds]))
  }
}

/** Shape of the model's input for `macsReferenceSeconds` of audio, padded as the model wants it. */
export function referenceInputShape({
  frontEnd,
  sampleRateHz,
  padToMultipleOfSamples
}: SpeechModelDescription): number[] {
  const wanted = macsReferenceSeconds * sampleRateHz
  const samples = Math.ceil(wanted / padToMultipleOfSamples) * padToMultipleOfSamples
  switch (frontEnd.kind) {
    case 'whisper-log-mel':
      return [1, frontEnd.parameters.melBins, Math.floor(samples / frontEnd.parameters.hopLength)]
    case 'raw-waveform':
      return [1, samples]
  }
}
