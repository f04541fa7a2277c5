/** What the tiers of a study made of the same recordings, side by side. */
import { z } from 'zod'
import type { RateDifferenceReport } from './trial'

/** How many tiers can be held beside each other. */
export const fewestComparedTiers = 2
export const mostComparedTiers = 6

export const comparedTrialsSchema = z
  .array(z.string().min(1).max(200))
  .min(fewestComparedTiers)
  .max(mostComparedTiers)
  .refine((ids) => new Set(ids).size === ids.length, 'names a trial twice')

/**
 * `worst`: most errors in any tier first. `changed`: largest distance between the tiers' errors first. `recorded`: as
 * the first tier was evaluated. Equal ones stay in that order.
 */
export const utteranceOrders = ['worst', 'changed', 'recorded'] as const
export type UtteranceOrder = (typeof utteranceOrders)[number]

/** `wrong`: some tier errs. `changed`: the tiers disagree. `flagged`: some tier's text is broken. */
export const utteranceFilters = ['all', 'wrong', 'changed', 'flagged'] as const
export type UtteranceFilter = (typeof utteranceFilters)[number]

/** The most utterances in one answer. */
export const mostUtterancesPerPage = 100

export const utteranceQuerySchema = z.strictObject({
  order: z.enum(utteranceOrders).default('worst'),
  filter: z.enum(utteranceFilters).default('all'),
  /** Found in a transcript, an utterance's id or its speaker, whatever the case. Empty finds all. */
  search: z.string().max(200).default(''),
  offset: z.int().min(0).default(0),
  limit: z.int().min(1).max(mostUtterancesPerPage).default(50)
})
export type UtteranceQuery = z.infer<typeof utteranceQuerySchema>

/** One step from a reference to what was understood, in reading order. */
export type AlignedWord =
  | { readonly operation: 'match' | 'substitution'; readonly reference: string; readonly hypothesis: string }
  | { readonly operation: 'deletion'; readonly reference: string }
  | { readonly operation: 'insertion'; readonly hypothesis: string }

/** What one tier made of one recording. */
export interface TierReading {
  /** As the model gave it, before the normalizer. */
  readonly hypothesis: string
  /** As they were compared; a label is one word. */
  readonly words: readonly AlignedWord[]
  readonly errors: number
  readonly milliseconds: number
  /** Failure flags. */
  readonly failures: readonly string[]
  /** Place of the right label; null when it is not among the best ten. Only for labels. */
  readonly labelRank?: number | null
}

export interface ComparedUtterance {
  readonly utteranceId: string
  /** As the data set has it. */
  readonly reference: string
  readonly speaker: string | null
  readonly audioSeconds: number
  /** What errors are counted against: words of the reference, or 1 for a label. */
  readonly total: number
  /** In the order of the tiers asked for; null where a tier did not hear the recording. */
  readonly readings: readonly (TierReading | null)[]
}

/** A part of the list of utterances. */
export interface UtterancePage {
  /** Without filter and search. */
  readonly total: number
  /** With them, on all pages. */
  readonly matching: number
  readonly offset: number
  readonly utterances: readonly ComparedUtterance[]
}

/** Error rate of `trialId` − that of `versusTrialId` over the recordings that both have heard, paired. */
export interface TierDifference extends RateDifferenceReport {
  readonly trialId: string
  readonly versusTrialId: string
  /** Recordings that both have heard. */
  readonly utterances: number
}

/** A recording of the evaluation set, ready to be fetched as `/data/<key>`: a mono 16-bit WAV file. */
export interface OpenedRecording {
  readonly key: string
  readonly sampleRateHz: number
  readonly durationSeconds: number
}
