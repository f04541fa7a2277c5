/** The models and data sets that a workspace knows, and what a path that may become one of them turned out to be. */
import { z } from 'zod'

/** What of `training-curve.json`, which lies beside a model that Lathe has trained, says how well that went. */
export const trainingNoteSchema = z.object({
  modelHash: z.string(),
  chosenStep: z.int().min(0),
  curve: z.object({
    development: z.array(
      z.object({ step: z.int().min(0), wordErrors: z.int().min(0), referenceWords: z.int().min(0) })
    )
  })
})

/** The training that a model comes from. */
export interface ModelTraining {
  /** Whose weights the model has. */
  readonly step: number
  /** On the development set after that step, 0..1 or more; null when none was heard then. */
  readonly developmentErrorRate: number | null
}

/** What is known about a model without running it. */
export interface ModelFacts {
  readonly kind: 'model'
  readonly modelHash: string
  /** The ONNX file and the external data that it points to. */
  readonly sizeBytes: number
  readonly parameterCount: number
  readonly linearLayers: number
  /** Null when no family recognises the model: it can be inspected, but not driven. */
  readonly family: string | null
  /** Why no family recognises it. */
  readonly familyRefusal: string | null
  readonly sampleRateHz: number | null
  /** As the files beside the model say it, such as `apache-2.0`; null where they do not. */
  readonly license: string | null
  /** As the files beside the model say it; empty where they do not. */
  readonly languages: readonly string[]
  /** Absent unless Lathe has trained exactly this model. */
  readonly training?: ModelTraining
}

/** What reading a data set's transcripts, and decoding a few of its recordings, tells. */
export interface DatasetFacts {
  readonly kind: 'dataset'
  /** Name of the layout, such as `nemo` or `librispeech`. */
  readonly layout: string
  readonly utterances: number
  /** 0 when the set names none. */
  readonly speakers: number
  /** Distinct labels of a set for classification; null for transcripts. */
  readonly classes: number | null
  readonly languages: readonly string[]
  /** Entries that are incomplete, and why the first of them is; null when there are none. */
  readonly incomplete: { readonly entries: number; readonly first: string } | null
  /** Null when no length is written down and no recording that was tried could be decoded. */
  readonly audioSeconds: number | null
  /** True when `audioSeconds` was computed from a few recordings. */
  readonly isAudioEstimated: boolean
  /** Of the recordings that were decoded, ascending. */
  readonly sampleRatesHz: readonly number[]
  /** Why the first recording that could not be decoded could not; null when all that were tried could. */
  readonly audioProblem: string | null
}

export type LibraryFacts = ModelFacts | DatasetFacts

/** What a path is, before it is added. */
export type LibraryPreview =
  | {
      /** Absolute, links followed. */
      readonly path: string
      readonly name: string
      readonly facts: LibraryFacts
      /** Set when the library has this path already. */
      readonly entryId: string | null
    }
  | {
      readonly path: string
      readonly facts: null
      /** Why it is no model and why it is no data set, as whole sentences of those who tried to read it. */
      readonly reasons: readonly string[]
    }

export interface LibraryEntry {
  readonly entryId: string
  readonly path: string
  readonly name: string
  /** As they were when it was added or found again. */
  readonly facts: LibraryFacts
  readonly addedAt: string
  /** When it was last opened in another view; null before that. */
  readonly usedAt: string | null
  /** Why the path cannot be opened now, as a sentence; null when it can. */
  readonly obstacle: string | null
}

/** The demo that came with Lathe: a model, speech, and a study of them. */
export interface Demo {
  /** Of the study; absolute. */
  readonly recipePath: string
  /** Whether its model is in the library. */
  readonly isAdded: boolean
}

export interface Library {
  /** The one used or added last first. */
  readonly entries: readonly LibraryEntry[]
  /** Null when none came with Lathe. */
  readonly demo: Demo | null
}
