import { describe, expect, it } from 'vitest'
import type { TrialReport } from '@contract/trial'
import { baselineTrial, completedTrial, int8Trial, unmeasuredTrial } from '../../tests/helpers/trial-reports'
import type { ChartPalette } from './chart-palette'
import type { TradeOffChart } from './trade-off-frame'
import { tradeOffOption } from './trade-off-option'

const palette: ChartPalette = {
  ink: 'ink',
  muted: 'muted',
  line: 'line',
  lineStrong: 'lineStrong',
  panel: 'panel',
  weightSvd: 'weightSvd',
  asvd: 'asvd',
  whitenedSvd: 'whitenedSvd',
  outputPca: 'outputPca',
  front: 'front'
}

const half = completedTrial('whitened half')
const third = completedTrial('whitened third', {
  targetRetainedFraction: 0.3,
  sizeBytes: 10_000_000,
  wordErrorRate: 0.12,
  wordErrorRateInterval: { lower: 0.1, upper: 0.15 }
})
const quantized = completedTrial('whitened half int8', {
  precision: 'int8',
  sizeBytes: 6_000_000,
  wordErrorRate: 0.09
})
const plain = completedTrial('plain half', {
  method: 'weight-svd',
  wordErrorRate: 1.04,
  wordErrorRateInterval: { lower: 0.99, upper: 1.09 },
  dominatedByInt8: true
})
const study = [baselineTrial, int8Trial, half, third, quantized, plain]

interface Point {
  name: string
  value: [number, number]
  itemStyle: { color: string; borderColor: string }
}
/** The parts of the option that the tests look at, as plain data. */
interface Plain {
  xAxis: { name: string; min: number }
  yAxis: { type: string; min: number; max?: number }
  tooltip: { formatter: (params: { name: string }) => string }
  series: {
    id: string
    type: string
    symbol: string
    color: string
    step?: string
    data: (Point | number[])[]
    markLine: {
      data: { yAxis: number; label: { position: string; formatter: string } }[]
    }
  }[]
}

function optionFor(trials: readonly TrialReport[], changes: Partial<TradeOffChart> = {}): Plain {
  return tradeOffOption({
    trials,
    cost: 'size',
    errorScale: 'logarithmic',
    palette,
    ...changes
  }) as unknown as Plain
}
const seriesById = (option: Plain, id: string) => option.series.find((each) => each.id === id)!
const points = (option: Plain, id: string) => seriesById(option, id).data as Point[]

describe('the series', () => {
  it('join trials of the same settings only: what fits again or sees what was lost is another line', () => {
    const variants = [
      half,
      completedTrial('fitted again', { refit: true }),
      completedTrial('one after the other', { calibration: 'sequential' })
    ]
    const { series } = optionFor(variants)
    const lines = series.filter(({ id, type }) => type === 'line' && id.startsWith('whitened-svd'))
    expect(lines.map(({ id, data }) => [id, data.length])).toEqual([
      ['whitened-svd, float32', 1],
      ['whitened-svd, refit, float32', 1],
      ['whitened-svd, sequential, float32', 1]
    ])
    expect(new Set(lines.map(({ symbol }) => symbol)).size).toBe(3)
  })

  it('are one per method and number format, the references first', () => {
    const option = optionFor(study)
    const marks = option.series.filter(({ symbol }) => symbol !== undefined)
    expect(marks.map(({ id, symbol, color }) => [id, symbol, color])).toEqual([
      ['baseline', 'circle', 'ink'],
      ['int8', 'triangle', 'ink'],
      ['whitened-svd, float32', 'circle', 'whitenedSvd'],
      ['whitened-svd, int8', 'triangle', 'whitenedSvd'],
      ['weight-svd, float32', 'circle', 'weightSvd']
    ])
  })

  it('are one per whole-model number format, in the colour of text; only int8 is a reference', () => {
    const half16 = completedTrial('float16', {
      method: 'quantize',
      precision: 'float16',
      rankPolicy: null,
      targetRetainedFraction: null
    })
    const option = optionFor([...study, half16])
    expect(seriesById(option, 'float16')).toMatchObject({ symbol: 'rect', color: 'ink' })
    expect(seriesById(option, 'references').markLine.data).toHaveLength(2)
  })

  it('hold cost and error rate in percent, in order of what is kept', () => {
    expect(
      points(optionFor(study), 'whitened-svd, float32').map(({ name, value }) => [name, ...value])
    ).toEqual([
      [third.trialId, 10, 12],
      [half.trialId, 16, 8]
    ])
  })

  it('move with the chosen cost', () => {
    const option = optionFor(study, { cost: 'latency' })
    expect(option.xAxis).toMatchObject({ name: 'Median latency per utterance (ms)', min: 0 })
    expect(points(option, 'baseline')[0]!.value).toEqual([80, 4])
  })

  it('show a tier hollow when int8 beats it, and only then', () => {
    const option = optionFor(study)
    expect(points(option, 'weight-svd, float32')[0]!.itemStyle).toMatchObject({
      color: 'panel',
      borderColor: 'weightSvd'
    })
    expect(points(option, 'whitened-svd, float32')[0]!.itemStyle).toMatchObject({
      color: 'whitenedSvd',
      borderColor: 'panel'
    })
  })

  it('leave out what was not measured', () => {
    const option = optionFor([...study, unmeasuredTrial('failed tier', 'failed')])
    expect(JSON.stringify(option)).not.toContain('failed tier')
  })

  it('have an interval for every point', () => {
    expect(seriesById(optionFor(study), 'whitened-svd, float32: 95 % interval').data).toEqual([
      [16, 6, 10],
      [10, 10, 15]
    ])
  })
})

describe('the stairs', () => {
  it('go through the trials that nothing cheaper matches, references included, to the dearest one', () => {
    expect(seriesById(optionFor(study), 'best measured')).toMatchObject({
      step: 'end',
      data: [
        [6, 9],
        [12, 4.5],
        [32, 4]
      ]
    })
  })

  it('go on level to the dearest trial when it is not the best', () => {
    const dear = completedTrial('dear', { sizeBytes: 40_000_000, wordErrorRate: 0.05 })
    expect(seriesById(optionFor([...study, dear]), 'best measured').data.at(-1)).toEqual([40, 4])
  })
})

describe('the lines across', () => {
  it('stand at baseline and int8, the name of the higher one above its line', () => {
    expect(
      seriesById(optionFor(study), 'references').markLine.data.map(({ yAxis, label }) => [
        yAxis,
        label.formatter,
        label.position
      ])
    ).toEqual([
      [4.5, 'int8 4.50 %', 'insideStartTop'],
      [4, 'baseline 4.00 %', 'insideStartBottom']
    ])
  })

  it('are not there for references that were not measured', () => {
    expect(seriesById(optionFor([half]), 'references').markLine.data).toEqual([])
  })
})

describe('the error axis', () => {
  it('begins at zero when it is linear', () => {
    const { yAxis } = optionFor(study, { errorScale: 'linear' })
    expect(yAxis).toMatchObject({ type: 'value', min: 0 })
    expect(yAxis.max).toBeUndefined()
  })

  it('lies between powers of two around all marks and upper ends when it is logarithmic', () => {
    // 4 % with room below, and 109 %.
    expect(optionFor(study).yAxis).toMatchObject({ type: 'log', min: 2, max: 128 })
  })

  it('has ends even when nothing is measured', () => {
    expect(optionFor([]).yAxis).toMatchObject({ min: 1, max: 128 })
  })
})

describe('the words under the pointer', () => {
  const wordsFor = (trial: TrialReport) => optionFor([trial]).tooltip.formatter({ name: trial.trialId })

  it('tell the numbers of the trial', () => {
    const words = wordsFor(half)
    expect(words.split('<br>')).toEqual([
      '<b>whitened half</b>',
      'Word error rate: 8.00 %',
      '95 % interval: 6.00–10.00 %',
      'Parameters kept: 49.57 %',
      'Parameters: 4.00 M',
      'Size: 16.0 MB',
      'Latency p50: 40.0 ms',
      'Times real time: 50.0'
    ])
  })

  it('do not let the name of a trial become part of the page', () => {
    const words = wordsFor(completedTrial(`<img src="x" onerror='alert(1)'>&`))
    expect(words).toContain('<b>&lt;img src=&quot;x&quot; onerror=&#39;alert(1)&#39;&gt;&amp;</b>')
  })

  it('are none for what is not a trial', () => {
    expect(optionFor(study).tooltip.formatter({ name: '' })).toBe('')
  })
})
