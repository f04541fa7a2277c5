import { WorkbenchError } from '@contract/errors'
import type { Model } from '../../onnx/ir/model'
import type { InferenceBackend } from '../../runtime/inference-backend'
import type { Audio } from '../../speech/audio/audio'
import type { SpeechRecognizer } from '../../speech/families/family'
import { modelFeeds } from '../../speech/families/model-feeds'
import { locateNonFinite } from './locate-non-finite'

/** A model that is run, and how it can be looked into. */
export interface SuspectModel {
  readonly backend: InferenceBackend
  readonly recognizer: SpeechRecognizer
  /** Its graph, read when it is needed. */
  readonly model: () => Promise<Model>
  /** Where a large one goes with its values exposed, as `DerivedModelOptions` has it. */
  readonly temporaryFolder: string | undefined
}

/**
 * Does something with what a model makes of `audio`; a `numerical` error of it names the layer where the first value
 * arises that is not finite.
 */
export async function namingNonFinite<T>(
  { backend, recognizer, model, temporaryFolder }: SuspectModel,
  audio: Audio,
  work: () => Promise<T>
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof WorkbenchError && error.code === 'numerical')) throw error
    const place = await locate().catch(() => undefined)
    if (place === undefined) throw error
    throw new WorkbenchError('numerical', `${error.message.replace(/\.$/, '')}; ${place}.`, {
      details: error.details,
      cause: error
    })
  }

  // Whatever goes wrong in here, such as a disk with no room for a large graph, must not hide what went wrong before.
  async function locate(): Promise<string | undefined> {
    const input = await recognizer.computeInput(audio)
    return locateNonFinite(
      { backend, temporaryFolder },
      await model(),
      modelFeeds(recognizer.description, input)
    )
  }
}
