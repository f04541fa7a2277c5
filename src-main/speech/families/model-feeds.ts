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

/** Everything that the graph must be fed for one recording: `input` and the inputs that follow from its shape. */
export function modelFeeds(description: DrivenModel, input: RuntimeTensor): Record<string, RuntimeTensor> {
  const frames = input.dims[timeAxis(description.frontEnd)] ?? 0
  return {
    [description.inputName]: input,
    ...Object.fromEntries(
      description.companionInputs.map((companion) => [companion.name, companionTensor(companion, frames)])
    )
  }
}

/** Batches are single recordings, so every frame is valid. */
function companionTensor({ kind, dataType }: CompanionInput, frames: number): RuntimeTensor {
  const dims = kind === 'length' ? [1] : [1, frames]
  const count = kind === 'length' ? 1 : frames
  const value = kind === 'length' ? frames : 1
  switch (dataType) {
    case 'int64':
      return { dataType, dims, data: new BigInt64Array(count).fill(BigInt(value)) }
    case 'int32':
      return { dataType, dims, data: new Int32Array(count).fill(value) }
    case 'bool':
      return { dataType, dims, data: new Uint8Array(count).fill(1) }
  }
}
