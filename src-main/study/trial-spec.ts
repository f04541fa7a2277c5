import type { Gate } from '@contract/gate'
import type { RankMap, RankPolicyName } from '@contract/rank-plan'
import type {
  BudgetScope,
  BudgetUnit,
  CalibrationMode,
  EvaluationSettings,
  GridRankPolicy,
  LayerSelection,
  LowRankMethod,
  Precision,
  ReducedPrecision
} from '@contract/recipe'
import type { TrialMethod } from '@contract/trial'
import { assertNever } from '../base/assert-never'
import type { Json } from '../base/canonical-json'

/** How the ranks of a trial are chosen. */
export type RankChoice =
  | {
      readonly policy: GridRankPolicy
      /** Kept ÷ before, in the unit and over the scope. */
      readonly retainedFraction: number
      readonly budgetUnit: BudgetUnit
      readonly budgetScope: BudgetScope
      readonly rankMultiple: number
      readonly minimumRank: number
    }
  | { readonly policy: 'manual'; readonly rankMap: RankMap }

/** What is done to a model in any number format, once all else is done. Left out where it is not: identities stay as they were. */
export interface Finishing {
  /** Whether self-attention that is understood becomes one operator of ONNX Runtime. */
  readonly fuseAttention?: true
}

/** The making of a low-rank model. */
export interface LowRankMaking extends Finishing {
  readonly kind: 'low-rank'
  readonly method: LowRankMethod
  readonly ranks: RankChoice
  readonly selection: LayerSelection
  readonly damping: number
  readonly refit: boolean
  readonly calibration: CalibrationMode
  /** Number format on top of the factors. */
  readonly precision: Precision
}

/** How the model of a trial is made. */
export type TrialMaking =
  /** The model as it was given. */
  | { readonly kind: 'baseline' }
  /** The whole model in another number format, nothing else. In int8 it is the yardstick. */
  | ({ readonly kind: 'quantize'; readonly precision: ReducedPrecision } & Finishing)
  | LowRankMaking

/** One point of a study before anything was computed. */
export interface TrialSpec {
  readonly name: string
  readonly making: TrialMaking
  readonly evaluation: EvaluationSettings
  /** Gates on error rates that may end the evaluation early; empty where none may. */
  readonly stoppingGates: readonly Gate[]
}

/** Everything outside the recipe that decides a trial's numbers. */
export interface TrialInputs {
  readonly modelHash: string
  readonly calibrationHash: string
  readonly evaluationHash: string
  /** Null when the recipe names no development set. */
  readonly developmentHash: string | null
  /** Versions of everything that computes, by `versionsThatMatter`. */
  readonly versions: Readonly<Record<string, number>>
}

/**
 * The data that identifies a trial: two trials with equal identities have equal results, whatever their names.
 *
 * The calibration set belongs to every making but the baseline, also to those whose weights do not depend on it
 * (weight-svd, int8): the finished model is checked on its recordings, and that parity is part of the result. The baseline
 * never meets them, so changing them does not spoil its measurement.
 */
export function trialIdentity(spec: TrialSpec, inputs: TrialInputs): Json {
  const { making } = spec
  const meetsCalibrationSet = making.kind !== 'baseline'
  return {
    making: makingJson(making),
    evaluation: { ...spec.evaluation },
    stoppingGates:
      spec.stoppingGates.length === 0 ? undefined : spec.stoppingGates.map((gate) => ({ ...gate })),
    modelHash: inputs.modelHash,
    calibrationHash: meetsCalibrationSet ? inputs.calibrationHash : undefined,
    evaluationHash: inputs.evaluationHash,
    developmentHash: inputs.developmentHash ?? undefined,
    versions: Object.fromEntries(versionsThatMatter(spec).map((name) => [name, inputs.versions[name]]))
  }
}

/**
 * Names of the versions that decide a trial's numbers. Only these belong to its identity: a newer Lathe with one more
 * method must not throw away what was measured with the others.
 */
export function versionsThatMatter({
  making,
  evaluation
}: Pick<TrialSpec, 'making' | 'evaluation'>): string[] {
  const always = ['evaluation', `normalizer ${evaluation.normalizer}`]
  if (making.kind === 'baseline') return always
  const format = making.precision === 'float32' ? [] : [`precision ${making.precision}`]
  const precision = [...format, ...(making.fuseAttention === true ? ['fuse-attention'] : [])]
  if (making.kind === 'quantize') return [...always, ...precision]
  return [
    ...always,
    ...precision,
    `method ${making.method}`,
    `ranks ${making.ranks.policy}`,
    ...(making.ranks.policy === 'sensitivity' ? ['sensitivity'] : []),
    ...(making.ranks.policy !== 'manual' && making.ranks.budgetUnit === 'milliseconds' ? ['probe'] : []),
    'calibration',
    ...(making.refit ? ['refit'] : []),
    ...(making.calibration === 'sequential' ? ['sequential'] : [])
  ]
}

/** A trial as plain JSON, to be stored. */
export function trialSpecJson({ name, making, evaluation, stoppingGates }: TrialSpec): Json {
  return {
    name,
    making: makingJson(making),
    evaluation: { ...evaluation },
    stoppingGates: stoppingGates.map((gate) => ({ ...gate }))
  }
}

/** A making as plain JSON: equal makings give equal text. */
export function makingJson(making: TrialMaking): Json {
  if (making.kind !== 'low-rank') return { ...making }
  const { ranks, selection, ...rest } = making
  return {
    ...rest,
    ranks: ranks.policy === 'manual' ? { policy: ranks.policy, rankMap: { ...ranks.rankMap } } : { ...ranks },
    selection: { ...selection }
  }
}

/** Method and precision as reports name them. */
export function trialMethod(making: TrialMaking): TrialMethod {
  switch (making.kind) {
    case 'baseline':
    case 'quantize':
      return making.kind
    case 'low-rank':
      return making.method
    default:
      return assertNever(making)
  }
}

export function trialPrecision(making: TrialMaking): Precision {
  return making.kind === 'baseline' ? 'float32' : making.precision
}

/** The rank policy by name; null where no ranks are chosen. */
export function trialRankPolicy(making: TrialMaking): RankPolicyName | null {
  return making.kind === 'low-rank' ? making.ranks.policy : null
}

/** Whether this is plain dynamic int8, which every tier is held against. */
export function isYardstick(making: TrialMaking): boolean {
  return making.kind === 'quantize' && making.precision === 'int8'
}
