import { describe, expect, it } from 'vitest'
import { evaluationSettingsSchema, type Recipe } from '@contract/recipe'
import type { TrialReport, UtteranceRecord } from '@contract/trial'
import { baselineTrial, completedTrial, int8Trial, unmeasuredTrial } from '../../tests/helpers/trial-reports'
import { compareTrials, unpairedDifference } from './compare-trials'
import { createDifferenceCache } from './difference-cache'

const evaluation = evaluationSettingsSchema.parse({})
const tier = completedTrial('tier')

/** One record of ten words per number of errors. */
function texts(errors: readonly number[], speakers: readonly string[] = []): UtteranceRecord[] {
  return errors.map((substitutions, index) => ({
    utteranceId: `u${index}`,
    reference: '',
    hypothesis: '',
    ...(speakers[index] === undefined ? {} : { speaker: speakers[index] }),
    wordErrors: { substitutions, deletions: 0, insertions: 0, referenceWords: 10 },
    audioSeconds: 1,
    processingMilliseconds: 1,
    failures: []
  }))
}

function labels(ranks: readonly (number | null)[]): UtteranceRecord[] {
  return ranks.map((labelRank, index) => ({
    utteranceId: `u${index}`,
    reference: 'yes',
    hypothesis: labelRank === 1 ? 'yes' : 'no',
    labelRank,
    audioSeconds: 1,
    processingMilliseconds: 1,
    failures: []
  }))
}

function compare(
  records: Readonly<Record<string, readonly UtteranceRecord[]>>,
  {
    trials = [baselineTrial, int8Trial, tier],
    ...recipe
  }: Partial<Pick<Recipe, 'gates' | 'evaluation'>> & {
    readonly trials?: readonly TrialReport[]
  } = {}
): Record<string, TrialReport> {
  const compared = compareTrials(
    trials,
    { gates: [], evaluation, ...recipe },
    (trialId) => records[trialId.replace('id of ', '')] ?? []
  )
  return Object.fromEntries(compared.map((report) => [report.name, report]))
}

describe('a cache of differences', () => {
  it('spares reading what was compared before, until a rate or the seed is another', () => {
    const cache = createDifferenceCache()
    const records: Record<string, readonly UtteranceRecord[]> = {
      baseline: texts([0, 1]),
      int8: texts([1, 1]),
      tier: texts([2, 3])
    }
    const read: string[] = []
    const show = (trials: readonly TrialReport[], seed = 1) => {
      read.length = 0
      const reader = (trialId: string) => {
        const name = trialId.replace('id of ', '')
        read.push(name)
        return records[name] ?? []
      }
      return compareTrials(trials, { gates: [], evaluation: { ...evaluation, seed } }, reader, cache)
    }
    const trials = [baselineTrial, int8Trial, tier]
    const first = show(trials)
    expect(read.toSorted()).toEqual(['baseline', 'int8', 'tier'])
    expect(show(trials)).toEqual(first)
    expect(read).toEqual([])
    show(trials, 2)
    expect(read.toSorted()).toEqual(['baseline', 'int8', 'tier'])
    show([baselineTrial, int8Trial, { ...tier, wordErrorRate: 0.5 }])
    expect(read).toContain('tier')
  })
})

describe('paired differences', () => {
  it('are over words, against both references, and none against a trial itself', () => {
    const compared = compare({
      baseline: texts([0, 1, 2, 1]),
      int8: texts([1, 1, 2, 1]),
      tier: texts([2, 3, 4, 3])
    })
    // Every utterance loses two of ten words, so every draw does.
    expect(compared.tier!.versusBaseline).toEqual({
      difference: expect.closeTo(0.2, 12) as number,
      lower: expect.closeTo(0.2, 12) as number,
      upper: expect.closeTo(0.2, 12) as number
    })
    expect(compared.tier!.versusInt8!.difference).toBeCloseTo(7 / 40, 12)
    expect(compared.int8!.versusBaseline!.difference).toBeCloseTo(1 / 40, 12)
    expect(compared.int8).not.toHaveProperty('versusInt8')
    expect(compared.baseline).not.toHaveProperty('versusBaseline')
  })

  it('are over the recordings that both trials have', () => {
    const compared = compare({ baseline: texts([0, 1, 9, 9]), tier: texts([1, 2]) })
    expect(compared.tier!.versusBaseline!.difference).toBeCloseTo(0.1, 12)
  })

  it('count wrong labels of classifiers', () => {
    const compared = compare({ baseline: labels([1, 1, 1, 2]), tier: labels([1, 2, null, 1]) })
    expect(compared.tier!.versusBaseline!.difference).toBeCloseTo(0.25, 12)
  })

  it('are wider where whole speakers are drawn and each errs alike', () => {
    const speakers = Array.from({ length: 40 }, (_, index) => `speaker ${Math.floor(index / 10)}`)
    const baseline = texts(new Array<number>(40).fill(0), speakers)
    const candidate = texts(
      speakers.map((_, index) => Math.floor(index / 10)),
      speakers
    )
    const width = (bootstrapUnit: 'utterance' | 'speaker') => {
      const { versusBaseline } = compare(
        { baseline, tier: candidate },
        { evaluation: { ...evaluation, bootstrapUnit } }
      ).tier!
      return versusBaseline!.upper - versusBaseline!.lower
    }
    expect(width('speaker')).toBeGreaterThan(2 * width('utterance'))
  })

  it('are absent without records', () => {
    expect(compare({}).tier).not.toHaveProperty('versusBaseline')
  })
})

describe('dominance by int8', () => {
  it('is told of every finished tier, not of references', () => {
    const beaten = completedTrial('beaten', {
      latencyMilliseconds: { p50: 90, p95: 99, mean: 90, firstRun: 99 }
    })
    const compared = compare({}, { trials: [baselineTrial, int8Trial, completedTrial('tier'), beaten] })
    expect(compared.beaten!.dominatedByInt8).toBe(true)
    expect(compared.tier!.dominatedByInt8).toBe(false)
    expect(compared.int8!.dominatedByInt8).toBe(int8Trial.dominatedByInt8)
  })
})

describe('verdicts', () => {
  const gates = [
    { metric: 'error-rate-increase', atMost: 0.05, reference: 'baseline' },
    { metric: 'size-ratio', atMost: 0.5, reference: 'baseline' }
  ] as const
  const verdictsOf = (report: TrialReport | undefined) => report?.gates?.map(({ verdict }) => verdict)

  it('stand on every trial but the baseline', () => {
    const trials = [baselineTrial, int8Trial, tier, unmeasuredTrial('broken', 'failed')]
    const compared = compare(
      { baseline: texts([0, 1, 2, 1]), int8: texts([0, 1, 2, 1]), tier: texts([2, 3, 4, 3]) },
      { gates: [...gates], trials }
    )
    expect(compared.baseline).not.toHaveProperty('gates')
    expect(verdictsOf(compared.int8)).toEqual(['passed', 'passed'])
    expect(verdictsOf(compared.tier)).toEqual(['failed', 'passed'])
    expect(verdictsOf(compared.broken)).toEqual(['undecided', 'undecided'])
  })

  it('come from the development set where there is one', () => {
    const development = (report: TrialReport, errorRate: number): TrialReport => ({
      ...report,
      development: {
        latencyMilliseconds: report.latencyMilliseconds!,
        realTimeFactor: 0.02,
        loadMilliseconds: 1,
        peakResidentBytes: 1,
        utterances: 9,
        speakers: 0,
        audioSeconds: 9,
        failures: {},
        unreadable: [],
        conditions: report.conditions!,
        wordErrorRate: errorRate,
        wordErrorRateInterval: { lower: errorRate - 0.01, upper: errorRate + 0.01 }
      }
    })
    const trials = [development(baselineTrial, 0.04), development(tier, 0.05)]
    const records = { baseline: texts([0, 0]), tier: texts([9, 9]) }
    const compared = compare(records, { gates: [...gates], trials })
    expect(compared.tier!.versusBaseline!.difference).toBeCloseTo(0.9, 12)
    expect(compared.tier!.gates![0]).toMatchObject({
      verdict: 'passed',
      value: expect.closeTo(0.01, 12) as number
    })
  })
})

describe('unpairedDifference', () => {
  it('adds the distances to the ends that face each other', () => {
    const quality = (errorRate: number, lower: number, upper: number) =>
      ({ kind: 'word-error-rate', errorRate, lower, upper }) as const
    const { difference, lower, upper } = unpairedDifference(
      quality(0.1, 0.07, 0.16),
      quality(0.05, 0.042, 0.09)
    )
    expect(difference).toBeCloseTo(0.05, 12)
    // √(0.03² + 0.04²) below, √(0.06² + 0.008²) above.
    expect(lower).toBeCloseTo(0, 12)
    expect(upper).toBeCloseTo(0.05 + Math.sqrt(0.003664), 12)
  })
})
