import type { RuntimeTensor } from '../../runtime/inference-backend'
import type { SpeechRecognizer } from '../../speech/families/family'
import { modelFeeds } from '../../speech/families/model-feeds'
import { onUtterance, type Dataset } from './dataset'

/** What a model is fed for each utterance of a data set, for jobs that go through the set several times. */
export interface UtteranceFeeds {
  /** Of the data set. */
  readonly name: string
  readonly count: number
  /** All inputs of the graph for utterance `index`. */
  feeds(index: number): Promise<Readonly<Record<string, RuntimeTensor>>>
}

/** Inputs kept in memory between passes: features of nearly two hours of speech. Beyond it they are computed again. */
const keptBytesLimit = 2 ** 28

/**
 * The feeds of a data set, each computed when first asked for.
 *
 * - `resampleToHz`  rate to resample to; left out, audio at another rate is refused.
 *
 * @throws WorkbenchError naming the utterance, from `feeds`.
 */
export function utteranceFeeds({
  recognizer,
  dataset,
  resampleToHz
}: {
  readonly recognizer: Pick<SpeechRecognizer, 'description' | 'computeInput'>
  readonly dataset: Dataset
  readonly resampleToHz: number | undefined
}): UtteranceFeeds {
  const kept = new Map<number, RuntimeTensor>()
  let keptBytes = 0
  return {
    name: dataset.name,
    count: dataset.utterances.length,
    async feeds(index) {
      const utterance = dataset.utterances[index]!
      const known = kept.get(index)
      const input =
        known ??
        (await onUtterance(utterance, async () =>
          recognizer.computeInput(await dataset.audio(utterance, resampleToHz))
        ))
      if (known === undefined && keptBytes + input.data.byteLength <= keptBytesLimit) {
        kept.set(index, input)
        keptBytes += input.data.byteLength
      }
      return modelFeeds(recognizer.description, input)
    }
  }
}
