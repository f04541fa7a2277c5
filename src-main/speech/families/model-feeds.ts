/** What a described model is fed, as pure functions of its description: tensors for a run, shapes for counting. */
import type { RuntimeTensor } from '../../runtime/inference-backend'
import { featureDims, timeAxis } from '../features/front-end'
import type { CompanionInput, DrivenModel } from './family'

/** Samples after padding (and cropping, where the model crops) that `samples` samples of audio become. */
export function paddedSamples(
  { padToMultipleOfSamples, maximumSamples, longerAudio }: DrivenModel,
  samples: number
): number {
  const kept = longerAudio === 'crop' ? Math.min(samples, maximumSamples ?? samples) : samples
  return Math.ceil(kept / padToMultipleOfSamples) * padToMultipleOfSamples
}

/** The shape of every input of the graph for audio of `samples` samples, after padding. */
export function inputShapes(description: DrivenModel, samples: number): Map<string, number[]> {
  const dims = featureDims(description.frontEnd, paddedSamples(description, samples))
  const frames = dims[timeAxis(description.frontEnd)]!
  return new Map([
    [description.inputName, dims],
    ...description.companionInputs.map(({ name, kind }): [string, number[]] => [
      name,
      kind === 'length' ? [1] : [1, frames]
    ])
  ])
}

/**
 * Everything that the graph must be fed: `input` and the inputs that follow from its shape.
 *
 * - `validFrames` [batch] how many frames of each recording are no padding; left out: all of one recording.
 */
export function modelFeeds(
  description: DrivenModel,
  input: RuntimeTensor,
  validFrames?: readonly number[]
): Record<string, RuntimeTensor> {
  const frames = input.dims[timeAxis(description.frontEnd)] ?? 0
  const valid = validFrames ?? [frames]
  return {
    [description.inputName]: input,
    ...Object.fromEntries(
      description.companionInputs.map((companion) => [
        companion.name,
        companionTensor(companion, valid, frames)
      ])
    )
  }
}

/** How many frames of each recording are valid, [batch], or which ones, [batch, frames]. */
function companionTensor(
  { kind, dataType }: CompanionInput,
  validFrames: readonly number[],
  frames: number
): RuntimeTensor {
  const batch = validFrames.length
  const dims = kind === 'length' ? [batch] : [batch, frames]
  const values =
    kind === 'length'
      ? Int32Array.from(validFrames)
      : new Int32Array(batch * frames).map((_, at) =>
          at % frames < validFrames[Math.floor(at / frames)]! ? 1 : 0
        )
  switch (dataType) {
    case 'int64':
      return { dataType, dims, data: BigInt64Array.from(values, BigInt) }
    case 'int32':
      return { dataType, dims, data: values }
    case 'bool':
      return { dataType, dims, data: Uint8Array.from(values) }
  }
}
