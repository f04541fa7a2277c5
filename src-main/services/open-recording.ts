import { join } from 'node:path'
import type { OpenedRecording } from '@contract/compare'
import { WorkbenchError } from '@contract/errors'
import { studyOriginSchema } from '@contract/trial'
import type { AllowedFolders } from '../workspace/allowed-folders'
import { readFile, removeQuietly } from '../workspace/files'
import { randomKey } from '../workspace/random-key'
import type { StudyRecord } from '../workspace/records'
import type { Workspace } from '../workspace/workspace'
import type { ReadComparedRecords } from './compared-records'
import type { DataShelf } from './data-shelf'
import type { InteractiveEngine, QuestionOptions } from './interactive-engine'

export interface RecordingParts {
  readonly workspace: Pick<Workspace, 'records' | 'temporaryFolder'>
  readonly read: ReadComparedRecords
  readonly folders: AllowedFolders
  readonly shelf: DataShelf
  readonly engine: Pick<InteractiveEngine, 'ask'>
}

export interface RecordingRequest {
  /** Study id, a prefix of it, or its name. */
  readonly study: string
  readonly utteranceId: string
  /** Where the evaluation set is now; left out: where it was when the study was last run. */
  readonly datasetPath?: string | undefined
}

/**
 * Puts the sound of an evaluated recording on the shelf, as a WAV file of its own.
 *
 * A newer question takes the place of one that still waits: whoever walks through a list hears where they stop.
 *
 * @throws WorkbenchError `not-found` when the data set is not where it was or has no such recording, `conflict` when its
 *   transcript is another one than was evaluated.
 */
export async function openRecording(
  parts: RecordingParts,
  { study, utteranceId, datasetPath }: RecordingRequest,
  { signal }: QuestionOptions
): Promise<OpenedRecording> {
  const { workspace, folders, shelf, engine } = parts
  const record = workspace.records.findStudy(study)
  const path = folders.resolve(datasetPath ?? evaluationPathOf(record))
  const wavPath = join(workspace.temporaryFolder, `${randomKey()}.wav`)
  try {
    const { transcripts, sampleRateHz, durationSeconds } = await engine.ask(
      'dataset.cut',
      { datasetPath: path, utteranceId, wavPath },
      { topic: 'recordings.open', ...(signal === undefined ? {} : { signal }) }
    )
    assertSameTranscript(transcripts, referenceOf(parts, record, utteranceId), { path, utteranceId })
    const key = shelf.put({ bytes: await readFile(wavPath), mediaType: 'audio/wav' })
    return { key, sampleRateHz, durationSeconds }
  } finally {
    await removeQuietly(wavPath)
  }
}

function evaluationPathOf({ name, recipe }: StudyRecord): string {
  const { evaluationPath, recipe: written } = studyOriginSchema.parse(recipe)
  // An older Lathe kept only what the recipe says, which is a place only when it is a whole path.
  const path = evaluationPath ?? written.evaluationSet
  if (evaluationPath !== null || path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path)) return path
  throw new WorkbenchError(
    'not-found',
    `Study '${name}' does not know where its evaluation set '${path}' is: say where it is now.`
  )
}

/** What was evaluated, from the first finished trial that heard it; undefined when none did. */
function referenceOf(
  { workspace, read }: RecordingParts,
  { studyId, trials }: StudyRecord,
  utteranceId: string
): string | undefined {
  for (const { trialId } of trials) {
    if (workspace.records.trial(trialId)?.state !== 'completed') continue
    const found = read(studyId, [trialId]).tiers[0]?.records.get(utteranceId)
    if (found !== undefined) return found.reference
  }
  return undefined
}

/** Comparing the sound would mean to read all of it; another set with equal ids and transcripts is not to be expected. */
function assertSameTranscript(
  transcripts: readonly string[],
  reference: string | undefined,
  { path, utteranceId }: { path: string; utteranceId: string }
): void {
  if (reference === undefined || transcripts.includes(reference)) return
  throw new WorkbenchError(
    'conflict',
    `'${path}' has another transcript of '${utteranceId}' than the one that was evaluated: it is another data set, or it was changed since.`
  )
}
