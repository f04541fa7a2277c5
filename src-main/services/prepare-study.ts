import { availableParallelism } from 'node:os'
import type { StudyReport } from '@contract/trial'
import { canonicalJson } from '../base/canonical-json'
import type { EngineClient } from '../engine/client'
import type { DatasetDescription, RecognizedModel } from '../engine/protocol'
import { assertDisjointSets } from '../study/disjoint-sets'
import { expandRecipe, type RecipeReferences } from '../study/expand'
import { trialIdentity, type TrialInputs, type TrialSpec } from '../study/trial-spec'
import { sha256Text } from '../workspace/files'
import type { Workspace } from '../workspace/workspace'
import type { ResolvedRecipe } from './read-recipe'
import type { ServiceOptions } from './requests'
import { studyHead } from './study-head'

/** A trial with its identity. */
export interface PlannedTrial {
  readonly trialId: string
  readonly spec: TrialSpec
}

/** A recipe, its model and its data, looked at and hashed: everything that is known before the first trial. */
export interface PreparedStudy {
  readonly recognized: RecognizedModel
  readonly inputs: TrialInputs
  readonly references: RecipeReferences
  readonly trials: readonly PlannedTrial[]
}

/** @throws WorkbenchError when model or data cannot be read, or when two of the sets share a recording. */
export async function prepareStudy(
  resolved: ResolvedRecipe,
  builder: EngineClient,
  workspaceFolder: string,
  options: ServiceOptions
): Promise<PreparedStudy> {
  const { recipe, modelPath } = resolved
  const { skipUnreadable } = recipe.evaluation
  const describe = (datasetPath: string): Promise<DatasetDescription> =>
    builder.request('dataset.describe', { datasetPath, skipUnreadable }, options)
  const recognized = await builder.request('model.recognize', { modelPath }, options)
  const calibration = await describe(resolved.calibrationPath)
  const evaluation = await describe(resolved.evaluationPath)
  const development =
    resolved.developmentPath === undefined ? undefined : await describe(resolved.developmentPath)
  assertDisjointSets([
    { name: 'calibration set', audioHashes: calibration.audioHashes },
    { name: 'evaluation set', audioHashes: evaluation.audioHashes },
    ...(development === undefined ? [] : [{ name: 'development set', audioHashes: development.audioHashes }])
  ])
  const inputs: TrialInputs = {
    modelHash: recognized.modelHash,
    calibrationHash: calibration.datasetHash,
    evaluationHash: evaluation.datasetHash,
    developmentHash: development?.datasetHash ?? null,
    versions: recognized.versions
  }
  const references: RecipeReferences = {
    rankMaps: resolved.rankMaps,
    measuredRankMultiple: await measuredRankMultiple(resolved, builder, workspaceFolder, options)
  }
  const trials = expandRecipe(recipe, references).map((spec) => ({
    trialId: sha256Text(canonicalJson(trialIdentity(spec, inputs))),
    spec
  }))
  return { recognized, inputs, references, trials }
}

/** The tile of this machine's kernels, only measured for a recipe that asks for it. */
async function measuredRankMultiple(
  { recipe, modelPath }: ResolvedRecipe,
  builder: EngineClient,
  workspaceFolder: string,
  options: ServiceOptions
): Promise<number> {
  if (recipe.allocation.rankMultiple !== 'measured') return 1
  const threads = Math.min(recipe.evaluation.threads, availableParallelism())
  const params = { modelPath, workspaceFolder, threads, again: false }
  const probe = await builder.request('machine.probe', params, options)
  return probe.rankMultiple
}

/** Writes down what the study is, so that it can be shown before and without being finished. */
export function saveStudy(
  workspace: Workspace,
  { recipe, modelPath, calibrationPath, evaluationPath }: ResolvedRecipe,
  { inputs, references, trials }: PreparedStudy
): StudyReport['study'] {
  const { modelHash, calibrationHash, evaluationHash, developmentHash } = inputs
  const studyId = sha256Text(canonicalJson([recipe.name, ...trials.map(({ trialId }) => trialId)]))
  workspace.records.saveStudy({
    studyId,
    name: recipe.name,
    recipe: {
      recipe,
      modelPath,
      calibrationPath,
      evaluationPath,
      modelHash,
      calibrationHash,
      evaluationHash,
      developmentHash,
      rankMaps: references.rankMaps,
      measuredRankMultiple: references.measuredRankMultiple
    },
    createdAt: new Date().toISOString(),
    trials: trials.map(({ trialId, spec }) => ({ trialId, name: spec.name }))
  })
  return studyHead(studyId, recipe.name, inputs)
}
