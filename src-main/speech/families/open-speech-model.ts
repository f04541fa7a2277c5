import { assertNever } from '../../base/assert-never'
import type { InferenceBackend, ModelSource } from '../../runtime/inference-backend'
import { openAudioClassifier } from './audio-classifier'
import { openCtcEncoder } from './ctc-encoder'
import type { SpeechModelDescription, SpeechRecognizer } from './family'
import type { RecognizerOptions } from './model-runner'

/**
 * Opens a model of any family.
 *
 * @throws WorkbenchError `native` when a graph does not load.
 */
export function openSpeechModel(
  backend: InferenceBackend,
  description: SpeechModelDescription,
  source: ModelSource,
  options: RecognizerOptions
): Promise<SpeechRecognizer> {
  switch (description.family) {
    case 'ctc-encoder':
      return openCtcEncoder(backend, description, source, options)
    case 'audio-classifier':
      return openAudioClassifier(backend, description, source, options)
    default:
      return assertNever(description)
  }
}
