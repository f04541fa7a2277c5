import type { TrialReport } from '@contract/trial'
import type { ChartPalette } from './chart-palette'

/** Trials that belong together: one method with all its settings at one number format; they differ in what they keep. */
export interface TrialSeries {
  /** `whitened-svd int8` */
  readonly name: string
  readonly method: TrialReport['method']
  readonly precision: TrialReport['precision']
  /** Null where no ranks are chosen. */
  readonly rankPolicy: TrialReport['rankPolicy']
  /** What was added to the plain method; empty for the plain one. */
  readonly additions: readonly SeriesAddition[]
}

/** `sequential`: each layer is calibrated on what the cut ones before it give; `refit`: factors are fitted again. */
export type SeriesAddition = 'sequential' | 'refit'

/** The uncompressed model and plain int8: what every tier is held against. */
export function isReference({ method, precision }: Pick<TrialReport, 'method' | 'precision'>): boolean {
  return method === 'baseline' || (method === 'quantize' && precision === 'int8')
}

/** The series a trial belongs to. The whole model in another number format is a series of its own. */
export function seriesOf({ method, rankPolicy, precision, calibration, refit }: TrialReport): TrialSeries {
  const whole = { method, precision, rankPolicy: null, additions: [] }
  if (method === 'baseline') return { name: 'baseline', ...whole }
  if (method === 'quantize') return { name: precision, ...whole }
  const additions: SeriesAddition[] = [
    ...(calibration === 'sequential' ? (['sequential'] as const) : []),
    ...(refit ? (['refit'] as const) : [])
  ]
  const settings = [...(rankPolicy === null || rankPolicy === 'uniform' ? [] : [rankPolicy]), ...additions]
  return { name: [method, ...settings, precision].join(', '), method, precision, rankPolicy, additions }
}

/** Every series that some trial belongs to, in order of appearance. */
export function listSeries(trials: readonly TrialReport[]): TrialSeries[] {
  const series = new Map<string, TrialSeries>()
  for (const trial of trials) {
    const each = seriesOf(trial)
    if (!series.has(each.name)) series.set(each.name, each)
  }
  return [...series.values()]
}

/** Colour tells the method, also for those who see few colours; what has no ranks is drawn in the colour of text. */
export function seriesColor(method: TrialReport['method'], palette: ChartPalette): string {
  switch (method) {
    case 'baseline':
    case 'quantize':
      return palette.ink
    case 'weight-svd':
      return palette.weightSvd
    case 'asvd':
      return palette.asvd
    case 'whitened-svd':
      return palette.whitenedSvd
    case 'output-pca':
      return palette.outputPca
  }
}

/** Marks of ECharts. */
export type SeriesSymbol = 'circle' | 'rect' | 'triangle' | 'pin' | 'diamond' | 'arrow'

const symbols: Readonly<Record<TrialReport['precision'], SeriesSymbol>> = {
  float32: 'circle',
  float16: 'rect',
  int8: 'triangle',
  'int8-convolutions': 'pin',
  'int8-weights': 'diamond',
  'int4-weights': 'arrow'
}

/** Shape tells the number format. */
export function seriesSymbol(precision: TrialReport['precision']): SeriesSymbol {
  return symbols[precision]
}
