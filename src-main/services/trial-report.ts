import type { TrialOutcome, TrialReport, TrialState } from '@contract/trial'
import { isDominatedByInt8, type TradeOffPoint } from '../study/int8-yardstick'
import { trialMethod, trialPrecision, trialTargetFraction, type TrialSpec } from '../study/trial-spec'

export interface TrialReportInputs {
  readonly trialId: string
  readonly spec: TrialSpec
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
    method: trialMethod(spec.making),
    precision: trialPrecision(spec.making),
    state,
    rankPolicy: spec.making.kind === 'low-rank' ? spec.making.rankPolicy : null,
    targetRetainedParameterFraction: trialTargetFraction(spec.making),
    reused,
    ...outcome?.built,
    ...outcome?.measurement,
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } })
  }
}

/** The trials with a mark on each tier that plain int8 beats in everything. */
export function compareWithInt8(trials: readonly TrialReport[]): TrialReport[] {
  const yardstick = trials.find(({ method }) => method === 'int8-dynamic')
  const int8 = yardstick && tradeOffPoint(yardstick)
  return trials.map((trial) => {
    const point = tradeOffPoint(trial)
    const isTier = trial.method !== 'baseline' && trial !== yardstick
    if (!isTier || int8 === undefined || point === undefined) return trial
    return { ...trial, dominatedByInt8: isDominatedByInt8(point, int8) }
  })
}

function tradeOffPoint({
  wordErrorRate,
  sizeBytes,
  latencyMilliseconds
}: TrialReport): TradeOffPoint | undefined {
  if (wordErrorRate === undefined || sizeBytes === undefined || latencyMilliseconds === undefined)
    return undefined
  return { wordErrorRate, sizeBytes, latencyMilliseconds: latencyMilliseconds.p50 }
}
