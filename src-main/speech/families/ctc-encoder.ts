/** Drives encoders with a CTC head: sound, front end, model, greedy decoding. */
import { WorkbenchError } from '@contract/errors'
import type { InferenceBackend, ModelSource, RuntimeTensor } from '../../runtime/inference-backend'
import type { Audio } from '../audio/audio'
import { ctcGreedy, tokensToText, type CtcLogits } from '../decode/ctc-greedy'
import type {
  CtcEncoderDescription,
  CtcRecognizer,
  FloatTensor,
  Interpretation,
  Recognition,
  SpeechModelDescription,
  TimedBatch,
  TimedInterpretation
} from './family'
import { openModelRunner, type ModelRunner, type RecognizerOptions } from './model-runner'

/**
 * Opens the model of `source` with the front end and vocabulary of `description`. The source may be a compressed copy of
 * the model that was described: only names and shapes must be the same.
 *
 * @throws WorkbenchError `native` when a graph does not load, `unsupported-model` for a model of another family.
 */
export async function openCtcEncoder(
  backend: InferenceBackend,
  description: SpeechModelDescription,
  source: ModelSource,
  options: RecognizerOptions
): Promise<CtcRecognizer> {
  if (description.family !== 'ctc-encoder') {
    throw new WorkbenchError(
      'unsupported-model',
      `'${description.name}' is of the family ${description.family}, expected ctc-encoder: it gives labels, not text.`
    )
  }
  return new OpenCtcEncoder(description, await openModelRunner(backend, description, source, options))
}

class OpenCtcEncoder implements CtcRecognizer {
  readonly description: CtcEncoderDescription
  readonly #runner: ModelRunner

  constructor(description: CtcEncoderDescription, runner: ModelRunner) {
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
    const classes = this.description.vocabulary.tokens.length
    return this.#runner.computeOutput(input, [1, undefined, classes])
  }

  async computeLogits(input: RuntimeTensor): Promise<CtcLogits> {
    return asLogits(await this.computeOutput(input))
  }

  decode(logits: CtcLogits): string {
    const { vocabulary } = this.description
    return tokensToText(ctcGreedy(logits, vocabulary.blankId), vocabulary)
  }

  interpret(output: FloatTensor): Interpretation {
    return { kind: 'text', text: this.decode(asLogits(output)) }
  }

  async transcribe(audio: Audio): Promise<Recognition> {
    const { result, timings } = await this.#runner.timed(audio, {
      run: (input) => this.computeLogits(input),
      interpret: (logits) => this.decode(logits)
    })
    return { text: result, timings }
  }

  async recognize(audio: Audio): Promise<TimedInterpretation> {
    const { text, timings } = await this.transcribe(audio)
    return { interpretation: { kind: 'text', text }, timings }
  }

  get batchObstacle(): string | undefined {
    return this.#runner.batchObstacle
  }

  recognizeBatch(audios: readonly Audio[]): Promise<TimedBatch> {
    const classes = this.description.vocabulary.tokens.length
    return this.#runner.recognizeBatch(audios, {
      run: (input, validFrames) =>
        this.#runner.computeOutput(input, [audios.length, undefined, classes], validFrames),
      interpret: (output) => this.interpret(output)
    })
  }

  release(): Promise<void> {
    return this.#runner.release()
  }
}

/** [1, frames, classes], as `computeOutput` checked it. */
function asLogits({ dims, data }: FloatTensor): CtcLogits {
  return { logits: data, frames: dims[1]!, classes: dims[2]! }
}
