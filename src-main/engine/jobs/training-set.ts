/** Recordings on disk as batches for a training: sound, augmentation, features, labels. */
import { WorkbenchError } from '@contract/errors'
import type { AugmentationSettings } from '@contract/training'
import { addNoise } from '../../adaptation/add-noise'
import { changeSpeed } from '../../adaptation/change-speed'
import { derivedPrng } from '../../adaptation/derived-prng'
import { specAugment } from '../../adaptation/spec-augment'
import {
  int64Vector,
  labelFeeds,
  type TrainingData,
  type WordErrorTally
} from '../../adaptation/training-data'
import type { TrainingStep } from '../../adaptation/training-step'
import type { RuntimeTensor } from '../../runtime/inference-backend'
import type { Audio } from '../../speech/audio/audio'
import type { Interpretation, SpeechRecognizer } from '../../speech/families/family'
import { modelFeeds } from '../../speech/families/model-feeds'
import { outputOfRecording } from '../../speech/families/model-runner'
import { timeAxis } from '../../speech/features/front-end'
import { padBatch } from '../../speech/features/pad-batch'
import type { JobContext } from '../serve'
import { onUtterance, type Dataset } from './dataset'
import type { TrainingTarget } from './training-target'

export interface TrainingSetOptions {
  readonly dataset: Dataset
  readonly recognizer: Pick<SpeechRecognizer, 'description' | 'computeInput' | 'interpret'>
  readonly target: TrainingTarget
  readonly resampleToHz: number | undefined
  readonly augmentation: AugmentationSettings
  readonly seed: number
  readonly inputs: TrainingStep['inputs']
}

/** Kept in memory between epochs: sound, or features where no sound is changed. Beyond it they are read again. */
const keptBytesLimit = 2 ** 30

/**
 * Reads the lengths and transcripts of a set. Every transcript is spelled before the first step, so that one that the model
 * cannot say does not end a training after an hour.
 *
 * @throws WorkbenchError `invalid-input` naming the utterance.
 */
export async function openTrainingSet(
  options: TrainingSetOptions,
  context: JobContext
): Promise<TrainingData> {
  const { dataset, target } = options
  const { utterances } = dataset
  const sound = new KeptInputs(options)
  const recordings: { readonly audioSeconds: number; readonly labels: number[] }[] = []
  for (const [index, utterance] of utterances.entries()) {
    const spelled = await onUtterance(utterance, () => Promise.resolve(target.labels(utterance)))
    const audioSeconds = utterance.durationSeconds ?? (await sound.audio(index)).durationSeconds
    recordings.push({ audioSeconds, labels: spelled })
    context.progress({
      stage: `read ${dataset.name}`,
      completed: index + 1,
      total: utterances.length,
      unit: 'utterances'
    })
    if (index % 64 === 0) await context.breathe()
  }
  const { description } = options.recognizer
  return {
    recordings,
    async batch(numbers, epoch) {
      const inputs: RuntimeTensor[] = []
      for (const number of numbers) inputs.push(await sound.input(number, epoch))
      const { input, validFrames } = padBatch(description.frontEnd, inputs)
      const chosen = numbers.map((number) => recordings[number]!)
      return {
        feeds: {
          ...modelFeeds(description, input, validFrames),
          [options.inputs.validFrames]: int64Vector(validFrames),
          ...labelFeeds(
            chosen.map((each) => each.labels),
            options.inputs
          )
        },
        recordings: numbers.length,
        audioSeconds: chosen.reduce((sum, each) => sum + each.audioSeconds, 0),
        countWordErrors: (logits) =>
          summed(
            numbers.map((number, row) =>
              target.count(utterances[number]!, hearRow(options.recognizer, logits, { row, validFrames }))
            )
          )
      }
    }
  }
}

/** What the model says of one recording of a batch: the frames and the decoding of a padded batch in evaluation. */
function hearRow(
  recognizer: TrainingSetOptions['recognizer'],
  logits: RuntimeTensor,
  { row, validFrames }: { readonly row: number; readonly validFrames: readonly number[] }
): Interpretation {
  if (logits.dataType !== 'float32') {
    throw new WorkbenchError(
      'unsupported-model',
      `'${recognizer.description.name}' gave ${logits.dataType} logits, expected float32.`
    )
  }
  const share = validFrames[row]! / Math.max(...validFrames)
  return recognizer.interpret(outputOfRecording(logits, row, share))
}

function summed(tallies: readonly WordErrorTally[]): WordErrorTally {
  return tallies.reduce(
    (sum, { wordErrors, referenceWords }) => ({
      wordErrors: sum.wordErrors + wordErrors,
      referenceWords: sum.referenceWords + referenceWords
    }),
    { wordErrors: 0, referenceWords: 0 }
  )
}

/** Inputs of single recordings; what takes long to make and is the same in every epoch is kept. */
class KeptInputs {
  readonly #options: TrainingSetOptions
  readonly #changesSound: boolean
  readonly #audio = new Map<number, Audio>()
  readonly #features = new Map<number, RuntimeTensor>()
  #keptBytes = 0

  constructor(options: TrainingSetOptions) {
    const { noise, speeds } = options.augmentation
    this.#options = options
    this.#changesSound = noise !== undefined || speeds.some((speed) => speed !== 1)
  }

  async audio(number: number): Promise<Audio> {
    const { dataset, resampleToHz } = this.#options
    const known = this.#audio.get(number)
    if (known !== undefined) return known
    const utterance = dataset.utterances[number]!
    const audio = await onUtterance(utterance, () => dataset.audio(utterance, resampleToHz))
    if (this.#keeps(audio.samples.byteLength, this.#changesSound)) this.#audio.set(number, audio)
    return audio
  }

  /** The features of a recording as it is heard in `epoch`; undefined: as it is. */
  async input(number: number, epoch: number | undefined): Promise<RuntimeTensor> {
    const { augmentation, seed, recognizer } = this.#options
    if (epoch === undefined) return this.#plain(number)
    const utterance = this.#options.dataset.utterances[number]!
    const changed = this.#changesSound
      ? await onUtterance(utterance, async () => recognizer.computeInput(await this.#changed(number, epoch)))
      : await this.#plain(number)
    const { frontEnd } = recognizer.description
    if (augmentation.specAugment === undefined || changed.dataType !== 'float32') return changed
    if (frontEnd.kind === 'raw-waveform') {
      throw new WorkbenchError(
        'invalid-input',
        `'${recognizer.description.name}' hears the waveform, which has no frequency bins to mask; leave specAugment out of the recipe.`
      )
    }
    const layout = { dims: changed.dims, timeAxis: timeAxis(frontEnd) }
    const prng = derivedPrng(seed, 'spec-augment', epoch, number)
    return { ...changed, data: specAugment(changed.data, layout, augmentation.specAugment, prng) }
  }

  async #plain(number: number): Promise<RuntimeTensor> {
    const known = this.#features.get(number)
    if (known !== undefined) return known
    const utterance = this.#options.dataset.utterances[number]!
    const input = await onUtterance(utterance, async () =>
      this.#options.recognizer.computeInput(await this.audio(number))
    )
    if (this.#keeps(input.data.byteLength, !this.#changesSound)) this.#features.set(number, input)
    return input
  }

  /** At another speed and with noise, as drawn for this recording in this epoch. */
  async #changed(number: number, epoch: number): Promise<Audio> {
    const { noise, speeds } = this.#options.augmentation
    const prng = derivedPrng(this.#options.seed, 'sound', epoch, number)
    const audio = await this.audio(number)
    const speed = speeds[prng.integer(speeds.length)] ?? 1
    const played = changeSpeed(audio.samples, speed)
    const samples = noise === undefined ? played : addNoise(played, noise, prng)
    return { ...audio, samples, durationSeconds: samples.length / audio.sampleRateHz }
  }

  #keeps(bytes: number, isOfUse: boolean): boolean {
    if (!isOfUse || this.#keptBytes + bytes > keptBytesLimit) return false
    this.#keptBytes += bytes
    return true
  }
}
