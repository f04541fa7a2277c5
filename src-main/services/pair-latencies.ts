/**
 * Measures the speed of a tier turn by turn with its references, where a gate on speed or a user asks for it. What is
 * missing of a completed trial is added to it, so that a gate which comes later costs no trial again.
 */
import { toErrorWire } from '@contract/errors'
import type { Gate } from '@contract/gate'
import type { Recipe } from '@contract/recipe'
import { trialOutcomeSchema, type PairedLatency, type TrialReport } from '@contract/trial'
import type { EngineLauncher } from '../engine/launcher'
import { resolveGates, speedReferences } from '../study/gates'
import { isYardstick } from '../study/trial-spec'
import type { Workspace } from '../workspace/workspace'
import type { PlannedTrial, PreparedStudy } from './prepare-study'
import type { ResolvedRecipe } from './read-recipe'
import type { ServiceOptions } from './requests'
import { withEngine } from './with-engine'

type Reference = Gate['reference']

/** What of a running study pairing needs. */
export interface Pairing {
  readonly launcher: EngineLauncher
  readonly workspace: Workspace
  readonly resolved: ResolvedRecipe
  readonly prepared: PreparedStudy
  /** What every tier is held against. */
  readonly speedReferences: readonly Reference[]
}

/** By the gates of the recipe; the baseline also where a user asks. */
export function wantedReferences({ gates }: Pick<Recipe, 'gates'>, isAsked: boolean): Reference[] {
  const ofGates = speedReferences(resolveGates(gates))
  return isAsked && !ofGates.includes('baseline') ? ['baseline', ...ofGates] : ofGates
}

/** A model that tiers are held against. */
interface ReferenceModel {
  readonly reference: Reference
  readonly modelHash: string
}

/** The references that a completed tier was not held against yet, as far as they are completed themselves. */
export function missingPairs(
  { workspace, prepared, speedReferences: wanted }: Pairing,
  { trialId, state, method, pairedLatencies = [] }: TrialReport
): ReferenceModel[] {
  if (state !== 'completed' || method === 'baseline') return []
  return wanted.flatMap((reference) => {
    const trial = prepared.trials.find((each) => isReference(each, reference))
    const stored = trial === undefined ? undefined : workspace.records.trial(trial.trialId)
    if (trial?.trialId === trialId || stored?.state !== 'completed') return []
    const { modelHash } = trialOutcomeSchema.parse(stored.result).built
    const isThere = pairedLatencies.some(
      (each) => each.reference === reference && each.referenceHash === modelHash
    )
    return isThere ? [] : [{ reference, modelHash }]
  })
}

function isReference({ spec: { making } }: PlannedTrial, reference: Reference): boolean {
  return reference === 'baseline' ? making.kind === 'baseline' : isYardstick(making)
}

/**
 * The report with what was missing, which is recorded too. When it cannot be measured the trial stays completed without it,
 * and the report says why.
 *
 * @throws WorkbenchError `cancelled`, and `io` when it cannot be recorded.
 */
export async function pairLatencies(
  pairing: Pairing,
  trial: PlannedTrial,
  report: TrialReport,
  options: ServiceOptions
): Promise<TrialReport> {
  let paired = report
  try {
    for (const reference of missingPairs(pairing, report)) {
      const measured = await measurePair(pairing, trial, { report, reference }, options)
      const isOther = (each: PairedLatency) => each.reference !== measured.reference
      const pairedLatencies = [...(paired.pairedLatencies ?? []).filter(isOther), measured]
      record(pairing, trial, pairedLatencies)
      paired = { ...paired, pairedLatencies }
    }
    return paired
  } catch (thrown) {
    const { code, message } = toErrorWire(thrown)
    if (code === 'cancelled' || code === 'io') throw thrown
    return { ...paired, error: { code, message: `Its speed was not measured turn by turn: ${message}` } }
  }
}

/** In a process of its own, which holds both models. */
async function measurePair(
  { launcher, workspace, resolved, prepared }: Pairing,
  { spec }: PlannedTrial,
  {
    report,
    reference: { reference, modelHash }
  }: { readonly report: TrialReport; readonly reference: ReferenceModel },
  options: ServiceOptions
): Promise<PairedLatency> {
  const { description, modelFile } = prepared.recognized
  const stored = (hash: string) => workspace.models.intactPath(hash)
  const params = {
    description,
    modelFile: await stored(report.modelHash ?? ''),
    referenceFile: reference === 'baseline' ? modelFile : await stored(modelHash),
    // Where gates are decided.
    datasetPath: resolved.developmentPath ?? resolved.evaluationPath,
    settings: spec.evaluation,
    temporaryFolder: workspace.temporaryFolder
  }
  const compared = await withEngine(launcher, (engine) => engine.request('latency.compare', params, options))
  return { reference, referenceHash: modelHash, ...compared }
}

function record(
  { workspace: { records } }: Pairing,
  { trialId }: PlannedTrial,
  pairedLatencies: PairedLatency[]
): void {
  const outcome = trialOutcomeSchema.parse(records.trial(trialId)?.result)
  records.extendTrial(trialId, { ...outcome, pairedLatencies })
}
