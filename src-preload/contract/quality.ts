/** One way to read how well a model does, whatever was counted. */
import type { Measurement } from './trial'

/** What an error rate is a rate of. */
export type ErrorRateKind = 'word-error-rate' | 'classification-error'

export interface Quality {
  readonly kind: ErrorRateKind
  /** Smaller is better; a word error rate may exceed 1. */
  readonly errorRate: number
  readonly lower: number
  readonly upper: number
}

type QualityMembers = Partial<
  Pick<Measurement, 'wordErrorRate' | 'wordErrorRateInterval' | 'accuracy' | 'accuracyInterval'>
>

/** The error rate with its 95 % interval; undefined while nothing was measured. */
export function qualityOf(measured: QualityMembers): Quality | undefined {
  const { wordErrorRate, wordErrorRateInterval, accuracy, accuracyInterval } = measured
  if (wordErrorRate !== undefined && wordErrorRateInterval !== undefined) {
    return { kind: 'word-error-rate', errorRate: wordErrorRate, ...wordErrorRateInterval }
  }
  if (accuracy !== undefined && accuracyInterval !== undefined) {
    const { lower, upper } = accuracyInterval
    return { kind: 'classification-error', errorRate: 1 - accuracy, lower: 1 - upper, upper: 1 - lower }
  }
  return undefined
}

/** Short names for tables and axes. */
export const errorRateNames: Readonly<Record<ErrorRateKind, string>> = {
  'word-error-rate': 'WER',
  'classification-error': 'error rate'
}
