import type { ErrorRateKind } from '@contract/quality'

/** Text around every chart. */
export const charts = {
  showTable: 'Table',
  showChart: 'Chart',
  save: 'Save as',
  saveAs: (title: string, format: string) => `Save “${title}” as ${format}`,
  /** Short names for tables and axes. */
  errorRates: {
    'word-error-rate': 'WER',
    'classification-error': 'error rate'
  } satisfies Record<ErrorRateKind, string>
}
