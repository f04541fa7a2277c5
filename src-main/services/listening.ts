/** What the compare view asks for: utterances side by side, their sound, and the user's own recordings. */
import type { OpenedRecording, TierDifference, UtterancePage, UtteranceQuery } from '@contract/compare'
import type { AudioUpload, TierTranscription } from '@contract/transcription'
import type { AllowedFolders } from '../workspace/allowed-folders'
import type { Workspace } from '../workspace/workspace'
import { createAudioUploads } from './audio-uploads'
import { readComparedRecords } from './compared-records'
import type { DataShelf } from './data-shelf'
import type { InteractiveEngine, QuestionOptions } from './interactive-engine'
import { listUtterances } from './list-utterances'
import { openRecording, type RecordingRequest } from './open-recording'
import { tierDifferences } from './tier-differences'
import { createTranscriber, type TranscribeRequest } from './transcribe-upload'

export interface ComparedTiers {
  /** Study id, a prefix of it, or its name. */
  readonly study: string
  readonly trialIds: readonly string[]
}

export interface Listening {
  utterances(request: ComparedTiers & UtteranceQuery): UtterancePage
  differences(
    request: ComparedTiers,
    options: { readonly signal: AbortSignal }
  ): Promise<readonly TierDifference[]>
  openRecording(request: RecordingRequest, options: QuestionOptions): Promise<OpenedRecording>
  beginUpload(request: { readonly name: string; readonly sizeBytes: number }): AudioUpload
  appendUpload(part: {
    readonly uploadId: string
    readonly offset: number
    readonly base64: string
  }): AudioUpload
  discardUpload(upload: { readonly uploadId: string }): { readonly uploadId: string }
  transcribe(
    request: Omit<TranscribeRequest, 'audio'> & { readonly uploadId: string },
    options: QuestionOptions
  ): Promise<TierTranscription>
  /** Ends the engines, if any run. */
  close(): void
}

export interface ListeningParts {
  readonly workspace: Workspace
  readonly folders: AllowedFolders
  readonly shelf: DataShelf
  readonly openEngine: () => InteractiveEngine
}

export function createListening({ workspace, folders, shelf, openEngine }: ListeningParts): Listening {
  const read = readComparedRecords(workspace)
  const uploads = createAudioUploads()
  // Two: who looks for an utterance to listen to must not wait for a tier that hears a long recording.
  const cutter = lazyEngine(openEngine)
  const hearer = lazyEngine(openEngine)
  const transcribe = createTranscriber({ workspace, engine: hearer })
  return {
    utterances: ({ study, trialIds, ...query }) => listUtterances(read(study, trialIds), query),
    differences: async ({ study, trialIds }, { signal }) => tierDifferences(read(study, trialIds), signal),
    openRecording: (request, options) =>
      openRecording({ workspace, read, folders, shelf, engine: cutter }, request, options),
    beginUpload: ({ name, sizeBytes }) => uploads.begin(name, sizeBytes),
    appendUpload: ({ uploadId, offset, base64 }) => uploads.append(uploadId, offset, base64),
    discardUpload({ uploadId }) {
      uploads.discard(uploadId)
      return { uploadId }
    },
    transcribe: async ({ uploadId, ...request }, options) =>
      transcribe({ ...request, audio: uploads.take(uploadId) }, options),
    close() {
      cutter.close()
      hearer.close()
    }
  }
}

/** An engine that is started by the first question. */
function lazyEngine(open: () => InteractiveEngine): InteractiveEngine {
  let engine: InteractiveEngine | undefined
  return {
    ask: (name, params, options) => (engine ??= open()).ask(name, params, options),
    close() {
      engine?.close()
    }
  }
}
