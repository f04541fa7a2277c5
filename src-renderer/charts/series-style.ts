import type { TrialReport } from '@contract/trial'
import type { ChartPalette } from './chart-palette'

/** Trials that belong together: one method and rank policy at one number format. */
export interface TrialSeries {
  /** `whitened-svd int8` */
  readonly name: string
  readonly method: TrialReport['method']
  readonly precision: TrialReport['precision']
}

/** The uncompressed model and plain int8: what every tier is held against. */
export function isReference({ method }: Pick<TrialReport, 'method'>): boolean {
  return method === 'baseline' || method === 'int8-dynamic'
}

/** The series a trial belongs to. */
export function seriesOf({ method, rankPolicy, precision }: TrialReport): TrialSeries {
  if (method === 'baseline') return { name: 'baseline', method, precision }
  if (method === 'int8-dynamic') return { name: 'int8', method, precision }
  const policy = rankPolicy === null || rankPolicy === 'uniform' ? '' : `${rankPolicy}, `
  return { name: `${method}, ${policy}${precision}`, method, precision }
}

/** Every series that some trial belongs to, in order of appearance. */
export function listSeries(trials: readonly TrialReport[]): TrialSeries[] {
  return [...new Map(trials.map((trial) => [seriesOf(trial).name, seriesOf(trial)])).values()]
}

/** Colour tells the method, also for those who see few colours; references are drawn in the colour of text. */
export function seriesColor(method: TrialReport['method'], palette: ChartPalette): string {
  switch (method) {
    case 'baseline':
    case 'int8-dynamic':
      return palette.ink
    case 'weight-svd':
      return palette.weightSvd
    case 'whitened-svd':
      return palette.whitenedSvd
    case 'output-pca':
      return palette.outputPca
  }
}

/** Shape tells the number format. */
export function seriesSymbol(precision: TrialReport['precision']): 'circle' | 'triangle' {
  return precision === 'int8' ? 'triangle' : 'circle'
}
