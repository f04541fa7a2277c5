/** Drives audio classifiers: sound, front end, model, best label. */
import type { InferenceBackend, ModelSource, RuntimeTensor } from '../../runtime/inference-backend'
import type { Audio } from '../audio/audio'
import { classProbabilities, rankedLabels, topLabels } from '../decode/classify'
import type {
  AudioClassifierDescription,
  Classification,
  ClassifierRecognizer,
  FloatTensor,
  Interpretation,
  TimedBatch,
  TimedInterpretation
} from './family'
import { openModelRunner, type ModelRunner, type RecognizerOptions } from './model-runner'

/**
 * Opens the model of `source` with the front end and labels of `description`. The source may be a compressed copy of the
 * model that was described: only names and shapes must be the same.
 *
 * @throws WorkbenchError `native` when a graph does not load.
 */
export async function openAudioClassifier(
  backend: InferenceBackend,
  description: AudioClassifierDescription,
  source: ModelSource,
  options: RecognizerOptions
): Promise<ClassifierRecognizer> {
  return new OpenAudioClassifier(description, await openModelRunner(backend, description, source, options))
}

class OpenAudioClassifier implements ClassifierRecognizer {
  readonly description: AudioClassifierDescription
  readonly #runner: ModelRunner

  constructor(description: AudioClassifierDescription, runner: ModelRunner) {
    this.description = description
    this.#runner = runner
  }

  prepare(audio: Audio): Float32Array {
    return this.#runner.prepare(audio)
  }

  computeInput(audio: Audio): Promise<RuntimeTensor> {
    return this.#runner.computeInput(audio)
  }

  computeOutput(input: RuntimeTensor): Promise<FloatTensor> {
    const classes = this.description.labels.length
    return this.#runner.computeOutput(input, [1, classes])
  }

  interpret({ data }: FloatTensor): Interpretation {
    const { labels, scores } = this.description
    const best = topLabels(classProbabilities(data, scores), labels, rankedLabels)
    return { kind: 'label', label: best[0]!.label, topLabels: best }
  }

  async classify(audio: Audio): Promise<Classification> {
    const { labels, scores: kind } = this.description
    const { result, timings } = await this.#runner.timed(audio, {
      run: (input) => this.computeOutput(input),
      interpret: ({ data }) => ({ scores: data, probabilities: classProbabilities(data, kind) })
    })
    const [best] = topLabels(result.probabilities, labels, 1)
    return { ...result, label: best!.label, timings }
  }

  async recognize(audio: Audio): Promise<TimedInterpretation> {
    const { result, timings } = await this.#runner.timed(audio, {
      run: (input) => this.computeOutput(input),
      interpret: (output) => this.interpret(output)
    })
    return { interpretation: result, timings }
  }

  get batchObstacle(): string | undefined {
    return this.#runner.batchObstacle
  }

  recognizeBatch(audios: readonly Audio[]): Promise<TimedBatch> {
    const classes = this.description.labels.length
    return this.#runner.recognizeBatch(audios, {
      run: (input, validFrames) => this.#runner.computeOutput(input, [audios.length, classes], validFrames),
      interpret: (output) => this.interpret(output)
    })
  }

  release(): Promise<void> {
    return this.#runner.release()
  }
}
