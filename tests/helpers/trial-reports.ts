import type { PairedLatency, TrialReport } from '@contract/trial'

/** A completed trial with round numbers; what a test is about is stated as `changes`. */
export function completedTrial(name: string, changes: Partial<TrialReport> = {}): TrialReport {
  return {
    trialId: `id of ${name}`,
    name,
    method: 'whitened-svd',
    precision: 'float32',
    state: 'completed',
    rankPolicy: 'uniform',
    targetRetainedFraction: 0.5,
    budgetUnit: 'parameters',
    budgetScope: 'layers',
    calibration: 'original',
    refit: false,
    reused: false,
    dominatedByInt8: false,
    modelHash: 'a'.repeat(64),
    retainedParameterFraction: 0.4957,
    parameterCount: 4_000_000,
    sizeBytes: 16_000_000,
    macsPerAudioSecond: 400_000_000,
    macsReferenceSeconds: 10,
    plan: [],
    parity: [],
    wordErrorRate: 0.08,
    wordErrors: { substitutions: 60, deletions: 12, insertions: 8, referenceWords: 1000 },
    wordErrorRateInterval: { lower: 0.06, upper: 0.1 },
    latencyMilliseconds: { p50: 40, p95: 80, mean: 45, firstRun: 90 },
    realTimeFactor: 0.02,
    loadMilliseconds: 100,
    peakResidentBytes: 200_000_000,
    utterances: 64,
    speakers: 8,
    audioSeconds: 480,
    failures: {},
    unreadable: [],
    conditions: {
      runtime: 'onnxruntime 1.30.0',
      platform: 'linux x64',
      processor: 'Test CPU',
      node: '24.0.0',
      lathe: '0.1.0',
      threads: 1,
      warmupUtterances: 3,
      normalizer: 'none',
      resampling: null
    },
    ...changes
  }
}

/** A trial without numbers. */
export function unmeasuredTrial(
  name: string,
  state: 'pending' | 'running' | 'failed' | 'cancelled'
): TrialReport {
  return {
    trialId: `id of ${name}`,
    name,
    method: 'whitened-svd',
    precision: 'float32',
    state,
    rankPolicy: 'uniform',
    targetRetainedFraction: 0.5,
    budgetUnit: 'parameters',
    budgetScope: 'layers',
    calibration: 'original',
    refit: false,
    reused: false,
    ...(state === 'failed' ? { error: { code: 'numerical', message: 'It broke.' } } : {})
  }
}

/** The uncompressed model: 8 M parameters in 32 MB, 4 % of the words wrong. */
export const baselineTrial = completedTrial('baseline', {
  method: 'baseline',
  rankPolicy: null,
  targetRetainedFraction: null,
  budgetUnit: null,
  budgetScope: null,
  calibration: null,
  parameterCount: 8_000_000,
  sizeBytes: 32_000_000,
  wordErrorRate: 0.04,
  wordErrorRateInterval: { lower: 0.03, upper: 0.05 },
  latencyMilliseconds: { p50: 80, p95: 160, mean: 90, firstRun: 180 },
  realTimeFactor: 0.04
})

/** Plain int8: a third of the bytes, 4.5 % of the words wrong. */
export const int8Trial = completedTrial('int8', {
  method: 'quantize',
  precision: 'int8',
  rankPolicy: null,
  targetRetainedFraction: null,
  budgetUnit: null,
  budgetScope: null,
  calibration: null,
  parameterCount: 8_000_000,
  sizeBytes: 12_000_000,
  wordErrorRate: 0.045,
  wordErrorRateInterval: { lower: 0.034, upper: 0.056 },
  latencyMilliseconds: { p50: 60, p95: 120, mean: 66, firstRun: 140 },
  realTimeFactor: 0.03
})

/** A classifier: 5 % of the labels wrong, no texts. */
export function classifierTrial(name: string, changes: Partial<TrialReport> = {}): TrialReport {
  const {
    wordErrorRate: _rate,
    wordErrors: _errors,
    wordErrorRateInterval: _interval,
    ...trial
  } = completedTrial(name)
  return {
    ...trial,
    accuracy: 0.95,
    correct: 61,
    accuracyInterval: { lower: 0.93, upper: 0.97 },
    topAccuracies: { '1': 0.95, '3': 0.98, '5': 0.99 },
    ...changes
  }
}

/** A tier that is twice as fast as the baseline; what a test is about is stated as `changes`. */
export function pairedLatency(changes: Partial<PairedLatency> = {}): PairedLatency {
  return {
    reference: 'baseline',
    referenceHash: 'b'.repeat(64),
    speedup: 2,
    interval: { lower: 1.9, upper: 2.1 },
    rounds: 9,
    utterances: 8,
    tierMilliseconds: 20,
    referenceMilliseconds: 40,
    conditions: completedTrial('pair').conditions!,
    ...changes
  }
}
