/** A recording of the user's own, and what a tier makes of it. */
import type { AlignedWord } from './compare'

/** A quarter of an hour of speech at 16 kHz and 16 bits. */
export const maximumUploadBytes = 32 << 20

/** What fits into one message with room for its envelope, once it is written in base64. */
export const uploadPartBytes = 512 << 10

/** Length of the base64 text of the largest part. */
export const maximumPartCharacters = Math.ceil(uploadPartBytes / 3) * 4

/** A recording on its way to the host, or there. */
export interface AudioUpload {
  readonly uploadId: string
  readonly sizeBytes: number
  readonly receivedBytes: number
}

export interface HeardLabel {
  readonly label: string
  /** 0 to 1. */
  readonly probability: number
}

/** What a model heard in a recording. */
export interface HeardRecording {
  /** The transcript, or the best label. */
  readonly text: string
  /** Of a classifier, best first; empty for a transcript. */
  readonly topLabels: readonly HeardLabel[]
  /** Features, network and decoding of a second run: the first one pays for memory that later ones reuse. */
  readonly milliseconds: number
  readonly loadMilliseconds: number
  readonly audioSeconds: number
  /** The rate that the model hears. */
  readonly sampleRateHz: number
  /** The rate of the recording where it had to be resampled; null where it did not. */
  readonly resampledFromHz: number | null
}

export interface TierTranscription extends HeardRecording {
  readonly trialId: string
  /** Of the model. */
  readonly sizeBytes: number
  /** The way from the text that it was held against to this one; null when it was held against nothing. */
  readonly words: readonly AlignedWord[] | null
}
