import { join } from 'node:path'
import { studyOriginSchema } from '@contract/trial'
import type { TierTranscription } from '@contract/transcription'
import { alignRecord } from '../evaluation/align-record'
import type { RecognizedModel } from '../engine/protocol'
import { expandRecipe } from '../study/expand'
import { removeQuietly, writeFile } from '../workspace/files'
import { randomKey } from '../workspace/random-key'
import type { Workspace } from '../workspace/workspace'
import type { UploadedAudio } from './audio-uploads'
import { assertSameModel, findTrial, finishedOutcome } from './finished-trial'
import type { InteractiveEngine, QuestionOptions } from './interactive-engine'

export interface TranscribeParts {
  readonly workspace: Pick<Workspace, 'records' | 'models' | 'temporaryFolder'>
  readonly engine: Pick<InteractiveEngine, 'ask'>
}

export interface TranscribeRequest {
  /** Study id, a prefix of it, or its name. */
  readonly study: string
  /** Trial name or id. */
  readonly trial: string
  readonly audio: UploadedAudio
  /** What the result is held against, such as what another tier heard; null: nothing. */
  readonly against: string | null
}

export type TranscribeUpload = (
  request: TranscribeRequest,
  options: QuestionOptions
) => Promise<TierTranscription>

/**
 * Lets the tiers of studies hear recordings of the user's own. The sound is on the disk only while a tier hears it.
 *
 * @throws WorkbenchError `not-found` for a study, trial or model that is not there, `conflict` for a trial that is not
 *   completed or an original that was changed, `invalid-input` for what is no recording that the model can hear.
 */
export function createTranscriber({ workspace, engine }: TranscribeParts): TranscribeUpload {
  /** By hash: to recognise a model all of it is read. */
  const recognized = new Map<string, RecognizedModel>()

  async function recognize(
    { modelPath, modelHash }: { modelPath: string; modelHash: string },
    options: QuestionOptions
  ): Promise<RecognizedModel> {
    const known = recognized.get(modelHash)
    if (known !== undefined) return known
    const found = await engine.ask('model.recognize', { modelPath }, options)
    assertSameModel(found.modelHash, modelHash, modelPath)
    recognized.set(modelHash, found)
    return found
  }

  return async ({ study, trial, audio, against }, options) => {
    const record = workspace.records.findStudy(study)
    const origin = studyOriginSchema.parse(record.recipe)
    const { trialId, spec } = findTrial(record, expandRecipe(origin.recipe, origin), trial)
    const { built } = finishedOutcome(workspace, trialId, spec)
    const original = await recognize(origin, options)
    const modelFile =
      spec.making.kind === 'baseline'
        ? original.modelFile
        : await workspace.models.intactPath(built.modelHash)
    const { threads, normalizer } = origin.recipe.evaluation
    const { description } = original
    const audioPath = join(workspace.temporaryFolder, randomKey())
    try {
      await writeFile(audioPath, audio.bytes)
      const heard = await engine.ask(
        'model.transcribe',
        { description, modelFile, audioPath, audioName: audio.name, threads },
        options
      )
      return {
        ...heard,
        trialId,
        sizeBytes: built.sizeBytes,
        words:
          against === null ? null : alignRecord({ reference: against, hypothesis: heard.text }, normalizer)
      }
    } finally {
      await removeQuietly(audioPath)
    }
  }
}
