/** What a report is made of. The service reads it all beforehand: nothing here opens a file or counts an error. */
import type { Recipe } from '@contract/recipe'
import type { ModelSpectra } from '@contract/spectra'
import type { StudyReport, TrialReport } from '@contract/trial'

/** One column of the trade-off table, as the terminal shows it. */
export interface ReportColumn {
  readonly title: string
  readonly align: 'left' | 'right'
  readonly cell: (trial: TrialReport) => string
}

/** One step from reference to hypothesis, in reading order. */
export type AlignedWord =
  | { readonly operation: 'match' | 'substitution'; readonly reference: string; readonly hypothesis: string }
  | { readonly operation: 'deletion'; readonly reference: string }
  | { readonly operation: 'insertion'; readonly hypothesis: string }

/** A recording as one tier understood it. */
export interface ReportedUtterance {
  readonly utteranceId: string
  readonly words: readonly AlignedWord[]
  /** Of `total` words, or of one label. */
  readonly errors: number
  readonly total: number
  /** Errors of the uncompressed model on the same recording; null when it was not run on it. */
  readonly baselineErrors: number | null
  /** For labels: place of the right one; null when it is not among those listed, undefined for texts. */
  readonly labelRank?: number | null | undefined
  readonly failures: readonly string[]
}

/** The recordings of a tier that are worth listening to. */
export interface ReportedUtterances {
  readonly trialId: string
  readonly worst: readonly ReportedUtterance[]
  /** By errors more or fewer than the uncompressed model. */
  readonly mostChanged: readonly ReportedUtterance[]
}

export interface ReportInputs {
  /** With paired differences and verdicts. */
  readonly report: StudyReport
  /** With its defaults filled in. */
  readonly recipe: Recipe
  /** When the study was first run: ISO 8601. */
  readonly createdAt: string
  readonly columns: readonly ReportColumn[]
  readonly utterances: readonly ReportedUtterances[]
  /** Left out when the spectra are not at hand. */
  readonly spectra?: ModelSpectra | undefined
}
