import type { TrialOutcome, TrialReport, TrialState } from '@contract/trial'
import {
  trialMethod,
  trialPrecision,
  trialRankPolicy,
  type TrialMaking,
  type TrialSpec
} from '../study/trial-spec'

export interface TrialReportInputs {
  readonly trialId: string
  readonly spec: Pick<TrialSpec, 'name' | 'making'>
  readonly state: TrialState
  readonly reused: boolean
  readonly outcome?: TrialOutcome | undefined
  readonly error?: { readonly code: string; readonly message: string } | undefined
}

/** A trial in the form that every host shows. */
export function createTrialReport({
  trialId,
  spec,
  state,
  reused,
  outcome,
  error
}: TrialReportInputs): TrialReport {
  return {
    trialId,
    name: spec.name,
    ...describeMaking(spec.making),
    state,
    reused,
    ...outcome?.built,
    ...outcome?.measurement,
    ...(outcome?.development === undefined ? {} : { development: outcome.development }),
    ...(outcome?.pairedLatencies === undefined ? {} : { pairedLatencies: outcome.pairedLatencies }),
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } })
  }
}

type MakingMembers =
  | 'method'
  | 'precision'
  | 'rankPolicy'
  | 'targetRetainedFraction'
  | 'budgetUnit'
  | 'budgetScope'
  | 'calibration'
  | 'refit'

function describeMaking(making: TrialMaking): Pick<TrialReport, MakingMembers> {
  const isLowRank = making.kind === 'low-rank'
  const budget = isLowRank && making.ranks.policy !== 'manual' ? making.ranks : undefined
  return {
    method: trialMethod(making),
    precision: trialPrecision(making),
    rankPolicy: trialRankPolicy(making),
    targetRetainedFraction: budget?.retainedFraction ?? null,
    budgetUnit: budget?.budgetUnit ?? null,
    budgetScope: budget?.budgetScope ?? null,
    calibration: isLowRank ? making.calibration : null,
    refit: isLowRank && making.refit
  }
}
