/**
 * What a study would cost: time, disk and memory of the trials that are left, from trials that were measured before or,
 * where there are none, from stated rules. Estimates for a decision, not measurements.
 */
import type { StudyEstimate, EstimateBasis, TrialEstimate } from '@contract/study-estimate'
import type { CalibrationMode, Precision } from '@contract/recipe'
import type { TrialMethod } from '@contract/trial'
import { builderBytes, factorBytes, momentBytes, runnerBytes, temporaryBytes } from './estimate-memory'
import { storedBytes, type EstimatedModel } from './estimate-size'
import { trialMethod, trialPrecision, type LowRankMaking, type TrialSpec } from './trial-spec'

/** A completed trial, as far as it tells what others will cost. */
export interface EarlierTrial {
  readonly isSameModel: boolean
  readonly method: TrialMethod
  readonly precision: Precision
  readonly calibration: CalibrationMode | null
  readonly threads: number
  /** From its start to its end. */
  readonly wallSeconds: number
  /** Processing seconds ÷ audio seconds. */
  readonly realTimeFactor: number
  /** All audio that it ran over. */
  readonly audioSeconds: number
  readonly loadMilliseconds: number
  readonly peakResidentBytes: number
  readonly macsPerAudioSecond: number | null
}

export interface EstimatedAudio {
  readonly utterances: number
  /** Null when no length is known. */
  readonly audioSeconds: number | null
}

export interface EstimateInputs {
  readonly model: EstimatedModel
  readonly calibration: EstimatedAudio
  readonly evaluation: EstimatedAudio
  readonly development: EstimatedAudio | undefined
  readonly earlier: readonly EarlierTrial[]
  /** By the order of the trials; undefined where it is not known. */
  readonly finished: readonly boolean[] | undefined
  readonly reuseObstacle: string | null
}

/**
 * Multiply-accumulates per second and thread in float32. On the low side: the machine of docs/results.md does 5.6e10
 * (whisper-tiny-ctc, 4.6e8 per second of audio at 121 times real time), and an old laptop a fraction of that.
 */
export const assumedMacsPerSecondAndThread = 2e10
/** Reading or writing a model, checks included. */
const assumedBytesPerSecond = 100e6
/** Scalar arithmetic of the eigen kernel. */
const assumedFlopsPerSecond = 1.5e9
/** Tridiagonal form, eigenvectors and their way back: about 4/3 + 3 + 2 times n³ multiply-adds. */
const eigenFlopsPerCube = 13

/** Everything but what the machine has: whoever asks it adds what is too little. */
export type StudyCosts = Omit<StudyEstimate, 'shortfalls'>

export function estimateStudy(specs: readonly TrialSpec[], inputs: EstimateInputs): StudyCosts {
  const costs = createCosts(inputs)
  const isFinished = (index: number): boolean => inputs.finished?.[index] === true
  const left = specs.filter((_, index) => !isFinished(index))
  const prepared = new Set<string>()
  const trials = specs.map((spec, index): TrialEstimate => {
    const known = inputs.finished?.[index] ?? null
    if (known === true) return { name: spec.name, isFinished: true, seconds: 0, diskBytes: 0 }
    const seconds = costs.trialSeconds(spec)
    // What all trials of a method share is paid by the first of them.
    const shared = preparationKey(spec)
    const isFirst = shared !== undefined && !prepared.has(shared)
    if (shared !== undefined) prepared.add(shared)
    const preparation = isFirst ? costs.preparationSeconds(spec) : 0
    return {
      name: spec.name,
      isFinished: known,
      seconds: seconds === null || preparation === null ? null : seconds + preparation,
      diskBytes: storedBytes(spec.making, inputs.model)
    }
  })
  const seconds = sum(trials.map((trial) => trial.seconds))
  const { basis, trials: measured } = costs.speedBasis
  return {
    trials,
    seconds: seconds === null ? null : { value: seconds, basis, trials: measured },
    diskBytes: {
      value:
        sumOf(trials, ({ diskBytes }) => diskBytes) + costs.cacheBytes(left) + costs.temporaryBytes(left),
      basis: 'rule',
      trials: 0
    },
    memoryBytes: costs.memory(left),
    evaluationAudioSeconds: inputs.evaluation.audioSeconds,
    assumedMacsPerSecond: basis === 'rule' ? assumedMacsPerSecondAndThread * threadsOf(specs) : null,
    reuseObstacle: inputs.reuseObstacle
  }

  function threadsOf([first]: readonly TrialSpec[]): number {
    return first?.evaluation.threads ?? 1
  }
}

/** One statistic and one decomposition serves all trials with this key; undefined for what needs none. */
function preparationKey({ making }: TrialSpec): string | undefined {
  return making.kind === 'low-rank' ? `${making.method} ${making.calibration}` : undefined
}

interface Costs {
  readonly speedBasis: { readonly basis: EstimateBasis; readonly trials: number }
  trialSeconds(spec: TrialSpec): number | null
  preparationSeconds(spec: TrialSpec): number | null
  cacheBytes(left: readonly TrialSpec[]): number
  /** One trial at a time: of the one that needs most. */
  temporaryBytes(left: readonly TrialSpec[]): number
  memory(left: readonly TrialSpec[]): StudyEstimate['memoryBytes']
}

function createCosts(inputs: EstimateInputs): Costs {
  const { model, earlier, evaluation, development, calibration } = inputs
  const sameModel = earlier.filter(({ isSameModel }) => isSameModel)

  /** Processing ÷ audio seconds: of trials made alike, else of the uncompressed model, else from its size. */
  function realTimeFactor({ making, evaluation: { threads } }: TrialSpec): number | null {
    const alike = sameModel.filter((trial) => trial.threads === threads)
    const groups = [
      alike.filter(
        (trial) => trial.method === trialMethod(making) && trial.precision === trialPrecision(making)
      ),
      alike.filter(({ method }) => method === 'baseline'),
      alike
    ]
    const measured = groups.find((group) => group.length > 0)
    if (measured !== undefined) return median(measured.map((trial) => trial.realTimeFactor))
    if (model.macsPerAudioSecond === null) return null
    return model.macsPerAudioSecond / macsPerSecond(threads)
  }

  function macsPerSecond(threads: number): number {
    const speeds = machineSpeeds(earlier, threads)
    return speeds.length > 0 ? median(speeds) : assumedMacsPerSecondAndThread * threads
  }

  function loadSeconds(): number {
    if (sameModel.length === 0) return model.sizeBytes / assumedBytesPerSecond
    return median(sameModel.map(({ loadMilliseconds }) => loadMilliseconds)) / 1000
  }

  /** What a trial took besides running over its audio: making, storing, checking and opening the model. */
  function buildSeconds({ making }: TrialSpec): number {
    const alike = sameModel.filter(
      (trial) => trial.method === trialMethod(making) && trial.precision === trialPrecision(making)
    )
    if (alike.length > 0) return median(alike.map(restOf))
    return making.kind === 'baseline' ? 0 : (2 * model.sizeBytes) / assumedBytesPerSecond
  }

  function audioOf({ evaluation: { warmupUtterances, throughput } }: TrialSpec): number | null {
    if (evaluation.audioSeconds === null || development?.audioSeconds === null) return null
    const passes = throughput ? 2 : 1
    const warmup = (evaluation.audioSeconds / Math.max(1, evaluation.utterances)) * warmupUtterances
    return evaluation.audioSeconds * passes + (development?.audioSeconds ?? 0) + warmup
  }

  return {
    speedBasis: speedBasis(inputs),
    trialSeconds(spec) {
      const factor = realTimeFactor(spec)
      const audio = audioOf(spec)
      return factor === null || audio === null ? null : factor * audio + loadSeconds() + buildSeconds(spec)
    },
    preparationSeconds(spec) {
      const { making } = spec
      if (making.kind !== 'low-rank' || isPrepared(making, sameModel)) return 0
      const factor = realTimeFactor(spec)
      if (factor === null || calibration.audioSeconds === null) return null
      const cubes = sumOf(
        model.layers,
        ({ inFeatures, outFeatures }) => Math.min(inFeatures, outFeatures) ** 3
      )
      return factor * calibration.audioSeconds + (eigenFlopsPerCube * cubes) / assumedFlopsPerSecond
    },
    cacheBytes(left) {
      const makings = new Map(left.map((spec) => [preparationKey(spec), spec.making]))
      const methods = [...makings.values()].flatMap((making) =>
        making.kind === 'low-rank' && !isPrepared(making, sameModel) ? making.method : []
      )
      // One pass over the calibration set serves all methods that want statistics.
      const hasMoments = methods.some((method) => method !== 'weight-svd')
      return methods.length * factorBytes(model.layers) + (hasMoments ? momentBytes(model.layers) : 0)
    },
    temporaryBytes(left) {
      return Math.max(0, ...left.map(({ making }) => temporaryBytes(making, model, true)))
    },
    memory(left) {
      const builder = Math.max(0, ...left.map(({ making }) => builderBytes(making, model, true)))
      const isMeasured = sameModel.length > 0
      const evaluator = isMeasured
        ? Math.max(...sameModel.map(({ peakResidentBytes }) => peakResidentBytes))
        : runnerBytes(model.sizeBytes)
      const basis = isMeasured ? 'same-model' : 'rule'
      return { value: left.length === 0 ? 0 : builder + evaluator, basis, trials: sameModel.length }
    }
  }
}

function speedBasis({ earlier, model }: EstimateInputs): Costs['speedBasis'] {
  const same = earlier.filter(({ isSameModel }) => isSameModel).length
  if (same > 0) return { basis: 'same-model', trials: same }
  const others = earlier.filter((trial) => speedOf(trial) !== undefined).length
  if (others > 0 && model.macsPerAudioSecond !== null) return { basis: 'this-machine', trials: others }
  return { basis: 'rule', trials: 0 }
}

/** Speeds at this number of threads; at another number where there is none, as if threads did not matter. */
function machineSpeeds(earlier: readonly EarlierTrial[], threads: number): number[] {
  const speedsOf = (trials: readonly EarlierTrial[]) => trials.flatMap((trial) => speedOf(trial) ?? [])
  const alike = speedsOf(earlier.filter((trial) => trial.threads === threads))
  return alike.length > 0 ? alike : speedsOf(earlier)
}

function speedOf({ macsPerAudioSecond, realTimeFactor, method }: EarlierTrial): number | undefined {
  if (method !== 'baseline' || macsPerAudioSecond === null || realTimeFactor <= 0) return undefined
  return macsPerAudioSecond / realTimeFactor
}

function isPrepared({ method, calibration }: LowRankMaking, sameModel: readonly EarlierTrial[]): boolean {
  return sameModel.some((trial) => trial.method === method && trial.calibration === calibration)
}

/** A trial that was resumed took less time than its audio; it says nothing about the rest. */
function restOf({ wallSeconds, realTimeFactor, audioSeconds, loadMilliseconds }: EarlierTrial): number {
  return Math.max(0, wallSeconds - realTimeFactor * audioSeconds - loadMilliseconds / 1000)
}

function sum(values: readonly (number | null)[]): number | null {
  let total = 0
  for (const value of values) {
    if (value === null) return null
    total += value
  }
  return total
}

function sumOf<T>(items: readonly T[], valueOf: (item: T) => number): number {
  return items.reduce((total, item) => total + valueOf(item), 0)
}

/** Of at least one value. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}
