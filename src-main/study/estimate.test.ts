import { describe, expect, it } from 'vitest'
import { recipeSchema } from '@contract/recipe'
import {
  assumedMacsPerSecondAndThread,
  estimateStudy,
  type EarlierTrial,
  type EstimateInputs
} from './estimate'
import { factorBytes, momentBytes } from './estimate-memory'
import { storedBytes } from './estimate-size'
import { expandRecipe } from './expand'
import type { TrialSpec } from './trial-spec'

/** Processing seconds per second of audio of the model below by the stated speed. */
const ruledFactor = 1e9 / assumedMacsPerSecondAndThread

/** Two layers of 1000 parameters that grids may cut, a head of 1000 that they may not, and 1000 other parameters. */
const model: EstimateInputs['model'] = {
  sizeBytes: 16_000,
  parameterCount: 4000,
  macsPerAudioSecond: 1e9,
  layers: [
    { layerId: '/a', role: 'fc1', inFeatures: 10, outFeatures: 100 },
    { layerId: '/b', role: 'fc2', inFeatures: 100, outFeatures: 10 },
    { layerId: '/head', role: 'head', inFeatures: 10, outFeatures: 100 }
  ]
}

function specs(changes: Record<string, unknown> = {}): TrialSpec[] {
  return expandRecipe(
    recipeSchema.parse({
      recipeVersion: 1,
      name: 'test',
      model: 'm',
      calibrationSet: 'c',
      evaluationSet: 'e',
      evaluation: { warmupUtterances: 0 },
      ...changes
    })
  )
}

const grid = { methods: ['whitened-svd'], retainedFractions: [0.5, 0.25] }
const inputs: EstimateInputs = {
  model,
  calibration: { utterances: 10, audioSeconds: 60 },
  evaluation: { utterances: 20, audioSeconds: 100 },
  development: undefined,
  earlier: [],
  finished: undefined,
  reuseObstacle: null
}

function earlier(changes: Partial<EarlierTrial> = {}): EarlierTrial {
  return {
    isSameModel: true,
    method: 'baseline',
    precision: 'float32',
    calibration: null,
    threads: 1,
    wallSeconds: 10,
    realTimeFactor: 0.05,
    audioSeconds: 100,
    loadMilliseconds: 1000,
    peakResidentBytes: 300e6,
    macsPerAudioSecond: 1e9,
    ...changes
  }
}

describe('estimateStudy without anything measured', () => {
  it('counts the baseline by the stated speed, and says so', () => {
    const estimate = estimateStudy(specs(), inputs)
    // 1e9 MACs per audio second · 100 s, and the time to read 16 kB.
    const seconds = (1e9 * 100) / assumedMacsPerSecondAndThread + 16_000 / 100e6
    expect(estimate.trials[0]!.seconds).toBeCloseTo(seconds, 9)
    expect(estimate.seconds).toMatchObject({ basis: 'rule', trials: 0 })
    expect(estimate.assumedMacsPerSecond).toBe(assumedMacsPerSecondAndThread)
  })

  it('lets the first trial of a method pay for what all of them share', () => {
    const [, , first, second] = estimateStudy(specs({ grids: [grid] }), inputs).trials
    expect(first!.seconds! - second!.seconds!).toBeGreaterThan(60 * ruledFactor * 0.99)
  })

  it('doubles the audio for throughput, and adds the development set and the warm-up', () => {
    const seconds = (changes: Record<string, unknown>, others: Partial<EstimateInputs> = {}) =>
      estimateStudy(specs({ evaluation: changes }), { ...inputs, ...others }).trials[0]!.seconds!
    const plain = seconds({ warmupUtterances: 0 })
    expect(seconds({ warmupUtterances: 0, throughput: true }) - plain).toBeCloseTo(100 * ruledFactor, 6)
    expect(seconds({ warmupUtterances: 2 }) - plain).toBeCloseTo(2 * 5 * ruledFactor, 6)
    const development = { utterances: 1, audioSeconds: 50 }
    expect(seconds({ warmupUtterances: 0 }, { development }) - plain).toBeCloseTo(50 * ruledFactor, 6)
  })

  it('counts the disk of models and caches, and once that of what is there while one is made', () => {
    const { diskBytes } = estimateStudy(specs({ grids: [grid] }), inputs)
    // int8, then 4 bytes · (1000 other + 1000 head + 0.5 and 0.25 · 2000); a copy of a model this small stays in memory.
    const models = 7000 + 12_000 + 10_000
    const fullRankFactors = factorBytes(model.layers) / 2
    expect(diskBytes.value).toBe(
      models + factorBytes(model.layers) + momentBytes(model.layers) + fullRankFactors
    )
    const large = { ...model, sizeBytes: 16_000 + 2 ** 27 }
    const grown = estimateStudy(specs({ grids: [grid] }), { ...inputs, model: large }).diskBytes
    // Three models, and the one at full rank with its 1000 other weights.
    expect(grown.value - diskBytes.value).toBe(3 * 2 ** 27 + 2 ** 27 + 4000 + fullRankFactors)
  })

  it('knows no time where the audio or the size of the work is not known', () => {
    const silent = { ...inputs, evaluation: { utterances: 20, audioSeconds: null } }
    expect(estimateStudy(specs(), silent).seconds).toBeNull()
    const unknown = { ...inputs, model: { ...model, macsPerAudioSecond: null } }
    expect(estimateStudy(specs(), unknown).trials[0]!.seconds).toBeNull()
  })
})

describe('estimateStudy from earlier trials', () => {
  it('takes speed, load and building from trials of this model', () => {
    const estimate = estimateStudy(specs(), { ...inputs, earlier: [earlier()] })
    // 0.05 · 100 + 1 s of loading + (10 − 5 − 1) s that the earlier one took besides.
    expect(estimate.trials[0]!.seconds).toBeCloseTo(10, 9)
    expect(estimate.seconds).toMatchObject({ basis: 'same-model', trials: 1 })
    expect(estimate.assumedMacsPerSecond).toBeNull()
    expect(estimate.memoryBytes).toMatchObject({ basis: 'same-model', trials: 1 })
    expect(estimate.memoryBytes.value).toBeGreaterThan(300e6)
  })

  it('prefers trials made alike, and the median of them', () => {
    const alike = [0.1, 0.2, 0.9].map((realTimeFactor) =>
      earlier({ method: 'quantize', precision: 'int8', realTimeFactor, wallSeconds: 0 })
    )
    const [, int8] = estimateStudy(specs(), { ...inputs, earlier: [earlier(), ...alike] }).trials
    expect(int8!.seconds).toBeCloseTo(0.2 * 100 + 1, 9)
  })

  it('brings the speed of other models to this one by its multiply-accumulates', () => {
    // 2e9 MACs per audio second in 0.05 s: 4e10 per second.
    const other = earlier({ isSameModel: false, macsPerAudioSecond: 2e9 })
    const estimate = estimateStudy(specs(), { ...inputs, earlier: [other] })
    expect(estimate.seconds).toMatchObject({ basis: 'this-machine', trials: 1 })
    expect(estimate.trials[0]!.seconds).toBeCloseTo((1e9 * 100) / 4e10 + 16_000 / 100e6, 9)
  })

  it('asks nothing of what is finished', () => {
    const all = specs({ grids: [grid] })
    const estimate = estimateStudy(all, { ...inputs, finished: all.map(() => true) })
    expect(
      estimate.trials.every(
        ({ isFinished, seconds, diskBytes }) => isFinished && seconds === 0 && diskBytes === 0
      )
    ).toBe(true)
    expect(estimate.seconds?.value).toBe(0)
    expect(estimate.diskBytes.value).toBe(0)
    expect(estimate.memoryBytes.value).toBe(0)
  })
})

describe('storedBytes', () => {
  it.each<[string, Record<string, unknown>, number]>([
    // 4 bytes · (1000 other + 1000 head + 0.5 · 2000)
    ['half of the layers', { grids: [{ ...grid, retainedFractions: [0.5] }] }, 12_000],
    [
      'three quarters of the model',
      { grids: [{ ...grid, retainedFractions: [0.75], budgetScope: 'model' }] },
      12_000
    ],
    [
      'half of the layers in int8',
      { grids: [{ ...grid, retainedFractions: [0.5], precisions: ['int8'] }] },
      6000
    ],
    [
      'half of the layers in float16',
      { grids: [{ ...grid, retainedFractions: [0.5], precisions: ['float16'] }] },
      6000
    ],
    // 4 bytes · (1000 other + 1000 head + 1000 /b + 3 · 110)
    [
      'one layer at rank 3',
      { plans: [{ name: 'p', method: 'asvd', ranks: { '/a': 3, '/b': 'dense' } }] },
      13_320
    ]
  ])('counts %s', (_, changes, bytes) => {
    expect(storedBytes(specs(changes).at(-1)!.making, model)).toBeCloseTo(bytes, 6)
  })

  it('stores the baseline nowhere, and int8 with a quarter of the linear weights', () => {
    const [baseline, int8] = specs()
    expect(storedBytes(baseline!.making, model)).toBe(0)
    expect(storedBytes(int8!.making, model)).toBe(4 * 1000 + 3000)
  })
})
