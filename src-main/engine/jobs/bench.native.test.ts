/** The parts of a benchmark on the tiny model: small enough that only the figures' shape and consistency mean anything. */
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BenchFigure, BenchSection } from '@contract/bench-report'
import { useSharedTemporaryFolder } from '../../../tests/helpers/shared-temporary-folder'
import { writeTinyStudy, type TinyStudy } from '../../../tests/helpers/tiny-study'
import { createOrtBackend } from '../../runtime/ort/ort-backend'
import type { BenchParams } from '../protocol'
import type { JobContext } from '../serve'
import { elapsedFigures } from './bench-elapsed'
import { benchDecomposition } from './bench-decomposition'
import { benchLatency, chosenAudio } from './bench-latency'
import { benchPlanning, benchStudy } from './bench-study'
import { benchStream } from './bench-throughput'
import { BuildSession } from './build-session'

const backend = createOrtBackend()
const clock = { nowMilliseconds: () => performance.now() }
const silent: JobContext = {
  signal: { aborted: false },
  progress: () => undefined,
  records: () => undefined,
  breathe: () => Promise.resolve()
}
const taken: JobContext = { ...silent, signal: { aborted: true } }

const folder = useSharedTemporaryFolder()
let study: TinyStudy
let params: BenchParams
let session: BuildSession

beforeAll(async () => {
  study = writeTinyStudy(join(folder(), 'study'))
  params = {
    modelPath: study.model,
    calibrationPath: study.calibration,
    calibrationHash: undefined,
    workspaceFolder: study.workspace,
    resample: true,
    skipUnreadable: false,
    threads: 1,
    part: 'decomposition',
    datasetPath: study.evaluation,
    utterances: 3,
    runs: 2,
    tiers: 2,
    studies: 2,
    evaluationThreads: 1
  }
  session = await BuildSession.open(params, backend, clock)
})
afterAll(async () => {
  await session.release()
})

const names = ({ figures }: BenchSection) => figures.map(({ name }) => name)

function figure({ figures }: BenchSection, name: string): BenchFigure {
  return figures.find((each) => each.name === name)!
}

/** Quartiles around the middle, all of them numbers; nothing measured takes no time at all on the clock. */
function expectSound({ figures }: BenchSection): void {
  expect(figures.length).toBeGreaterThan(0)
  for (const { name, median, lower, upper } of figures) {
    const isProcessorTime = name.includes('processor time')
    // Windows counts processor time in steps of 16 ms, in which this little work may be none.
    if (isProcessorTime && process.platform === 'win32') continue
    for (const value of [lower, median, upper]) expect(Number.isFinite(value), name).toBe(true)
    expect(lower, name).toBeLessThanOrEqual(median)
    expect(upper, name).toBeGreaterThanOrEqual(median)
    if (!isProcessorTime) expect(lower, name).toBeGreaterThan(0)
  }
}

describe('timing decompositions', () => {
  it('has a figure per shape and one of all weights, of the counted rounds alone', async () => {
    const section = await benchDecomposition(session, params, silent)
    expectSound(section)
    // Two blocks: q, k, v and out are square, the feed-forward layers are not.
    expect(section.title).toBe('Decomposing 12 weights')
    expect(section.remarks).toEqual(['1 thread(s) in products, float64, every rank at once.'])
    for (const method of ['weight-svd', 'whitened-svd']) {
      expect(names(section).filter((name) => name.startsWith(method) && !name.includes('processor'))).toEqual(
        [
          `${method}, each of 8 32 x 32`,
          `${method}, each of 2 32 x 64`,
          `${method}, each of 2 64 x 32`,
          `${method}, all`
        ]
      )
      expect(figure(section, `${method}, each of 8 32 x 32`).runs).toBe(8 * params.runs)
      expect(figure(section, `${method}, all`).runs).toBe(params.runs)
    }
  })

  it('adds the weights of a round up', async () => {
    let now = 0
    // Whatever is timed takes one tick.
    const ticking = await BuildSession.open(params, backend, { nowMilliseconds: () => now++ })
    try {
      const section = await benchDecomposition(ticking, params, silent)
      for (const method of ['weight-svd', 'whitened-svd']) {
        expect(figure(section, `${method}, each of 2 32 x 64`)).toMatchObject({
          lower: 1,
          median: 1,
          upper: 1
        })
        expect(figure(section, `${method}, all`)).toMatchObject({ lower: 12, median: 12, upper: 12 })
      }
    } finally {
      await ticking.release()
    }
  })

  it('stops when it is taken back', async () => {
    await expect(benchDecomposition(session, params, taken)).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe('timing the latency of models', () => {
  it('names its conditions, and compares every smaller form with the baseline', async () => {
    const section = await benchLatency(session, { ...params, part: 'latency' }, silent)
    expectSound(section)
    expect(section.remarks).toEqual([
      '1 thread(s); 3 recordings, 2 rounds; features, network and text.',
      'low rank: whitened-svd, uniform ranks, half the parameters of the compressed layers.'
    ])
    const quotients = ['  faster than the baseline', '  in processor time', '  network alone']
    expect(names(section)).toEqual([
      'baseline',
      'low rank, half the parameters',
      ...quotients,
      'int8',
      ...quotients,
      'low rank, half, int8',
      ...quotients,
      'low rank, half, attention fused',
      ...quotients,
      'int8 with convolutions, attention fused',
      ...quotients,
      'low rank, half, int8 with convolutions, attention fused',
      ...quotients
    ])
    for (const { unit, runs, name } of section.figures) {
      expect(unit, name).toBe(name.startsWith('  ') ? 'x' : 'ms')
      // Of the recordings, each with the median of its rounds.
      expect(runs, name).toBe(3)
    }
  })

  it('has quotients that are of the times beside them', async () => {
    // One recording and one round: the quotient of the figures is the figure of the quotients.
    const one = { ...params, part: 'latency', utterances: 1, runs: 1 } as const
    const section = await benchLatency(session, one, silent)
    const baseline = figure(section, 'baseline').median
    for (const [index, { name, median }] of section.figures.entries()) {
      if (name !== '  faster than the baseline') continue
      const own = section.figures[index - 1]!.median
      expect(median).toBeCloseTo(baseline / own, 9)
    }
  })

  it('draws its recordings from all of the evaluation set, the same ones each time', async () => {
    const audios = await chosenAudio(session, { datasetPath: study.evaluation, utterances: 3 })
    expect(audios).toHaveLength(3)
    const again = await chosenAudio(session, { datasetPath: study.evaluation, utterances: 3 })
    expect(again.map(({ durationSeconds }) => durationSeconds)).toEqual(
      audios.map(({ durationSeconds }) => durationSeconds)
    )
    expect(await chosenAudio(session, { datasetPath: study.evaluation, utterances: 99 })).toHaveLength(8)
  })
})

describe('timing plans', () => {
  it('has a figure per policy over four budgets a run', async () => {
    const section = await benchPlanning(session, { ...params, part: 'planning' }, silent)
    expectSound(section)
    expect(names(section)).toEqual(['uniform', 'energy', 'water-filling', 'effective-rank'])
    expect(section.figures.map(({ runs, unit }) => [runs, unit])).toEqual(
      Array.from({ length: 4 }, () => [8, 'ms'])
    )
  })
})

describe('timing a study against separate runs', () => {
  it('has both ways, and the quotient of one by the other', async () => {
    const apart = join(folder(), 'apart')
    const one = { ...params, part: 'study', studies: 1, workspaceFolder: apart } as const
    const section = await benchStudy({ backend, clock }, one, silent)
    expectSound(section)
    expect(section.title).toBe('A study of 2 tiers against 2 separate runs')
    expect(section.remarks[0]).toMatch(/^whitened-svd, uniform ranks, calibrated on all recordings\.$/)
    // One round: the quotient of the figures is the figure of the quotients.
    const quotient = (name: string) =>
      figure(section, `separate runs${name}`).median / figure(section, `one study${name}`).median
    expect(figure(section, '  the study is faster').median).toBeCloseTo(quotient(''), 9)
    expect(figure(section, '  in processor time').median).toBeCloseTo(quotient(', processor time'), 9)
  })
})

describe('one stream of several that hear at once', () => {
  const streamed = { datasetPath: '', utterances: 8, engine: 0, engines: 2 }

  it('hears its share of the recordings, and says from when to when', async () => {
    const stream = { ...params, ...streamed, datasetPath: study.evaluation }
    const audios = await chosenAudio(session, stream)
    const before = Date.now()
    const [first, second] = [
      await benchStream(session, stream, silent),
      await benchStream(session, { ...stream, engine: 1 }, silent)
    ]
    // Date.now() is whole milliseconds, and may be set while the other clock runs on.
    expect(first.startedAt).toBeGreaterThan(before - 1000)
    for (const { startedAt, endedAt, processorMilliseconds } of [first, second]) {
      expect(endedAt).toBeGreaterThan(startedAt)
      expect(processorMilliseconds).toBeGreaterThanOrEqual(0)
    }
    expect(second.startedAt).toBeGreaterThanOrEqual(first.endedAt)
    const whole = audios.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0)
    expect(first.audioSeconds + second.audioSeconds).toBeCloseTo(whole, 9)
    expect(Math.min(first.audioSeconds, second.audioSeconds)).toBeGreaterThan(0)
  })
})

describe('the figures of elapsed times', () => {
  it('are of the clock and of the processor, with quartiles', () => {
    const runs = [4, 1, 3, 2, 5].map((wall) => ({ wall, processor: 10 * wall }))
    expect(elapsedFigures('a', runs)).toEqual([
      { name: 'a', unit: 'ms', median: 3, lower: 2, upper: 4, runs: 5 },
      { name: 'a, processor time', unit: 'ms', median: 30, lower: 20, upper: 40, runs: 5 }
    ])
  })
})
