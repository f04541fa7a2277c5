import type {
  EvaluationSettings,
  GridRankPolicy,
  LayerRole,
  LowRankMethod,
  Precision
} from '@contract/recipe'
import { assertNever } from '../base/assert-never'
import type { Json } from '../base/canonical-json'

/** How the model of a trial is made. */
export type TrialMaking =
  /** The model as it was given. */
  | { readonly kind: 'baseline' }
  /** Every MatMul and Gemm in dynamic int8, nothing else: the yardstick. */
  | { readonly kind: 'int8-dynamic' }
  | {
      readonly kind: 'low-rank'
      readonly method: LowRankMethod
      readonly rankPolicy: GridRankPolicy
      readonly retainedParameterFraction: number
      readonly rankMultiple: number
      readonly damping: number
      readonly excludeRoles: readonly LayerRole[]
      readonly exclude: readonly string[]
      /** int8: dynamic int8 on top of the factors. */
      readonly precision: Precision
    }

/** One point of a study before anything was computed. A type, not an interface: it is stored as JSON. */
export type TrialSpec = {
  readonly name: string
  readonly making: TrialMaking
  readonly evaluation: EvaluationSettings
}

/** Everything outside the recipe that decides a trial's numbers. */
export interface TrialInputs {
  readonly modelHash: string
  readonly calibrationHash: string
  readonly evaluationHash: string
  /** Versions of what computes: methods, feature graph, decoder. */
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
    making: { ...making },
    evaluation: { ...spec.evaluation },
    modelHash: inputs.modelHash,
    calibrationHash: meetsCalibrationSet ? inputs.calibrationHash : undefined,
    evaluationHash: inputs.evaluationHash,
    versions: { ...inputs.versions }
  }
}

/** Method and precision as reports name them. */
export function trialMethod(making: TrialMaking): 'baseline' | 'int8-dynamic' | LowRankMethod {
  switch (making.kind) {
    case 'baseline':
      return 'baseline'
    case 'int8-dynamic':
      return 'int8-dynamic'
    case 'low-rank':
      return making.method
    default:
      return assertNever(making)
  }
}

export function trialPrecision(making: TrialMaking): Precision {
  if (making.kind === 'baseline') return 'float32'
  return making.kind === 'int8-dynamic' ? 'int8' : making.precision
}

export function trialTargetFraction(making: TrialMaking): number {
  return making.kind === 'low-rank' ? making.retainedParameterFraction : 1
}
