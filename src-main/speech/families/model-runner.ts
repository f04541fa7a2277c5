/**
 * The way of the sound through a model of any family: what leads to its input (`SoundInput`), then the model. The families
 * add what the output means.
 *
 * Opens two sessions, so only an engine process may use it.
 */
import { WorkbenchError } from '@contract/errors'
import type { Clock } from '../../base/clock'
import type {
  InferenceBackend,
  InferenceSession,
  ModelSource,
  RuntimeTensor
} from '../../runtime/inference-backend'
import type { Audio } from '../audio/audio'
import { padBatch } from '../features/pad-batch'
import type { DrivenModel, FloatTensor, Interpretation, RecognitionTimings, TimedBatch } from './family'
import { modelFeeds } from './model-feeds'
import { openSoundInput, type SoundInput } from './sound-input'

export interface RecognizerOptions {
  /** For both sessions. */
  readonly threads: number
  readonly clock: Clock
}

/**
 * Opens the model of `source` with the front end of `description`.
 *
 * The source may be a compressed copy of the model that was described: only names and shapes must be the same.
 *
 * @throws WorkbenchError `native` when a graph does not load.
 */
export async function openModelRunner(
  backend: InferenceBackend,
  description: DrivenModel,
  source: ModelSource,
  { threads, clock }: RecognizerOptions
): Promise<ModelRunner> {
  const input = await openSoundInput(backend, description, { threads })
  try {
    return new ModelRunner(input, await backend.open(source, { threads }), clock)
  } catch (error) {
    await input.release()
    throw error
  }
}

/** The sessions of one open model. The steps are those of `SpeechRecognizer`. */
export class ModelRunner {
  readonly #description: DrivenModel
  readonly #input: SoundInput
  readonly #model: InferenceSession
  readonly #clock: Clock

  constructor(input: SoundInput, model: InferenceSession, clock: Clock) {
    this.#description = input.description
    this.#input = input
    this.#model = model
    this.#clock = clock
  }

  prepare(audio: Audio): Float32Array {
    return this.#input.prepare(audio)
  }

  computeInput(audio: Audio): Promise<RuntimeTensor> {
    return this.#input.computeInput(audio)
  }

  /**
   * The model's output, float32.
   *
   * - `pattern`     its dimensions; `undefined` where any size will do. The first one is the batch.
   * - `validFrames` [batch] as `modelFeeds` takes them.
   */
  async computeOutput(
    input: RuntimeTensor,
    pattern: readonly (number | undefined)[],
    validFrames?: readonly number[]
  ): Promise<FloatTensor> {
    const { name, outputName } = this.#description
    const results = await this.#model.run(modelFeeds(this.#description, input, validFrames), [outputName])
    const output = results[outputName]
    const fits =
      output?.dims.length === pattern.length &&
      pattern.every((size, axis) => size === undefined || output.dims[axis] === size)
    if (output?.dataType === 'float32' && fits) return output
    const expected = pattern.map((size) => size ?? 'frames').join(', ')
    throw new WorkbenchError(
      'unsupported-model',
      `'${name}' gave ${output?.dataType ?? 'no'} ${outputName} [${output?.dims.join(', ') ?? ''}], expected float32 [${expected}].`
    )
  }

  /** Why the graph takes one recording at a time; undefined when it says that its batch is free. */
  get batchObstacle(): string | undefined {
    const { name, inputName } = this.#description
    const batch = this.#model.inputs.find((input) => input.name === inputName)?.dims[0]
    if (typeof batch !== 'number') return undefined
    return `'${name}' was exported for a batch of ${batch}, so it takes one recording at a time.`
  }

  /**
   * Runs the recordings as one padded batch.
   *
   * - `run`       the family's output of a batch, its first dimension the batch.
   * - `interpret` the meaning of one recording's output. Where the output has frames, it is given those of the recording.
   */
  async recognizeBatch(
    audios: readonly Audio[],
    steps: {
      readonly run: (input: RuntimeTensor, validFrames: readonly number[]) => Promise<FloatTensor>
      readonly interpret: (output: FloatTensor) => Interpretation
    }
  ): Promise<TimedBatch> {
    if (this.batchObstacle !== undefined) throw new WorkbenchError('unsupported-model', this.batchObstacle)
    const start = this.#clock.nowMilliseconds()
    const inputs: RuntimeTensor[] = []
    for (const audio of audios) inputs.push(await this.computeInput(audio))
    const { input, validFrames } = padBatch(this.#description.frontEnd, inputs)
    const featuresDone = this.#clock.nowMilliseconds()
    const output = await steps.run(input, validFrames)
    const modelDone = this.#clock.nowMilliseconds()
    const longest = Math.max(...validFrames)
    const interpretations = validFrames.map((frames, index) =>
      steps.interpret(outputOfRecording(output, index, frames / longest))
    )
    return {
      interpretations,
      timings: {
        featuresMilliseconds: featuresDone - start,
        modelMilliseconds: modelDone - featuresDone,
        decodeMilliseconds: this.#clock.nowMilliseconds() - modelDone
      },
      paddingShare: 1 - validFrames.reduce((sum, frames) => sum + frames, 0) / (longest * validFrames.length)
    }
  }

  /** Runs the three steps in a row and times each. */
  async timed<Output, Result>(
    audio: Audio,
    steps: {
      readonly run: (input: RuntimeTensor) => Promise<Output>
      readonly interpret: (output: Output) => Result
    }
  ): Promise<{ readonly result: Result; readonly timings: RecognitionTimings }> {
    const start = this.#clock.nowMilliseconds()
    const input = await this.computeInput(audio)
    const featuresDone = this.#clock.nowMilliseconds()
    const output = await steps.run(input)
    const modelDone = this.#clock.nowMilliseconds()
    const result = steps.interpret(output)
    return {
      result,
      timings: {
        featuresMilliseconds: featuresDone - start,
        modelMilliseconds: modelDone - featuresDone,
        decodeMilliseconds: this.#clock.nowMilliseconds() - modelDone
      }
    }
  }

  async release(): Promise<void> {
    await Promise.all([this.#input.release(), this.#model.release()])
  }
}

/**
 * The output of one recording of a batch as if it were alone, [1, frames, classes] or [1, classes], over the same memory.
 *
 * - `share` of the longest recording's length. Frames of padding are left out; one that is half padding is kept.
 */
export function outputOfRecording({ dims, data }: FloatTensor, index: number, share: number): FloatTensor {
  const [, ...sizes] = dims
  const stride = sizes.reduce((product, size) => product * size, 1)
  const [frames, classes] = sizes
  const own = classes === undefined || frames === undefined ? sizes : [Math.ceil(frames * share), classes]
  const length = own.reduce((product, size) => product * size, 1)
  return {
    dataType: 'float32',
    dims: [1, ...own],
    data: data.subarray(index * stride, index * stride + length)
  }
}
