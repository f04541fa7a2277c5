/** What a study would cost: gathers what is known about its model, its data and earlier trials; study/estimate.ts counts. */
import type { StudyEstimate } from '@contract/study-estimate'
import { studyOriginSchema, trialOutcomeSchema } from '@contract/trial'
import { throwIfCancelled } from '../base/abort'
import { canonicalJson } from '../base/canonical-json'
import { Memo } from '../base/memo'
import type { EngineClient } from '../engine/client'
import type { EngineLauncher } from '../engine/launcher'
import { estimateStudy, type EarlierTrial, type EstimatedAudio, type StudyCosts } from '../study/estimate'
import type { EstimatedModel } from '../study/estimate-size'
import { expandRecipe } from '../study/expand'
import { trialIdentity, trialMethod, trialPrecision, type TrialSpec } from '../study/trial-spec'
import { sha256Text } from '../workspace/files'
import type { TrialRecord } from '../workspace/records'
import type { Workspace } from '../workspace/workspace'
import type { PreparedStudy } from './prepare-study'
import { parseRecipe, resolveRecipe } from './read-recipe'
import type { ServiceOptions } from './requests'
import { assertFits, findShortfalls, type MachineRoom, type ResourceNeeds } from './resource-needs'
import { withEngine } from './with-engine'
import { withWorkspace } from './with-workspace'

export interface EstimateRequest {
  /** JSON; its paths are absolute. */
  readonly recipeText: string
  /** An existing workspace. */
  readonly workspaceFolder: string
}

/**
 * Asked again at every pause of typing, so what an engine found out about a path is remembered for a while. A file that
 * was replaced meanwhile spoils an estimate, never a study.
 *
 * @throws WorkbenchError as `resolveRecipe`, and what opening model and data throws.
 */
export type EstimateStudy = (request: EstimateRequest, options?: ServiceOptions) => Promise<StudyEstimate>

interface ModelLook extends EstimatedModel {
  readonly modelHash: string
  readonly versions: Readonly<Record<string, number>>
}

interface DatasetLook extends EstimatedAudio {
  /** Undefined for a set whose audio is too much to be read only for an estimate. */
  readonly datasetHash: string | undefined
}

const rememberedMilliseconds = 5 * 60_000
/** A few gigabytes: seconds to hash. */
const hashedAudioSeconds = 10 * 3600
/** Of one study; more would not make a median better. */
const readTrials = 200

export function createStudyEstimator(
  launcher: EngineLauncher,
  machine: MachineRoom,
  nowMilliseconds: () => number
): EstimateStudy {
  const models = new Memo<ModelLook>()
  const datasets = new Memo<DatasetLook>()
  const keyOf = (path: string, settings = '') =>
    `${Math.floor(nowMilliseconds() / rememberedMilliseconds)} ${settings} ${path}`
  return async ({ recipeText, workspaceFolder }, { signal } = {}) => {
    const resolved = await resolveRecipe(parseRecipe(recipeText, 'draft'), '/')
    const { skipUnreadable } = resolved.recipe.evaluation
    const dataset = (path: string): Promise<DatasetLook> =>
      unlessAborted(signal, () =>
        datasets.get(keyOf(path, String(skipUnreadable)), () => lookAtDataset(launcher, path, skipUnreadable))
      )
    const { modelPath, calibrationPath, evaluationPath, developmentPath } = resolved
    // One after the other: an estimate must not take the machine from a study that runs.
    const model = await unlessAborted(signal, () =>
      models.get(keyOf(modelPath), () => lookAtModel(launcher, modelPath))
    )
    const calibration = await dataset(calibrationPath)
    const evaluation = await dataset(evaluationPath)
    const development = developmentPath === undefined ? undefined : await dataset(developmentPath)
    return withWorkspace(workspaceFolder, (workspace) => {
      const earlier = readEarlier(workspace, model.modelHash)
      const { rankMaps } = resolved
      const specs = expandRecipe(resolved.recipe, {
        rankMaps,
        measuredRankMultiple: earlier.measuredRankMultiple
      })
      const looks = { model, calibration, evaluation, development }
      const costs = estimateStudy(specs, {
        ...looks,
        earlier: earlier.trials,
        ...finishedTrials(workspace, specs, looks)
      })
      return { ...costs, shortfalls: findShortfalls(machine, needsOf(costs, workspace.folder)) }
    })
  }
}

/** Its time is of no interest any more. */
const unknownAudio: EstimatedAudio = { utterances: 0, audioSeconds: null }

/**
 * Refuses a study that is about to start and does not fit. One whose trials are all finished needs nothing.
 *
 * @throws WorkbenchError `resources` with the figures.
 */
export async function assertStudyFits(
  { inputs, trials }: PreparedStudy,
  { modelPath, engine, workspace, machine }: StudyPlace,
  options: ServiceOptions
): Promise<void> {
  const finished = trials.map(({ trialId }) => workspace.records.trial(trialId)?.state === 'completed')
  if (!finished.includes(false)) return
  const costs = estimateStudy(
    trials.map(({ spec }) => spec),
    {
      model: await engine.request('model.describe', { modelPath }, options),
      calibration: unknownAudio,
      evaluation: unknownAudio,
      development: undefined,
      earlier: readEarlier(workspace, inputs.modelHash).trials,
      finished,
      reuseObstacle: null
    }
  )
  assertFits('This study', findShortfalls(machine, needsOf(costs, workspace.folder)))
}

/** Where a study is about to run. */
export interface StudyPlace {
  readonly modelPath: string
  readonly engine: EngineClient
  readonly workspace: Workspace
  readonly machine: MachineRoom
}

function needsOf({ memoryBytes, diskBytes }: StudyCosts, folder: string): ResourceNeeds {
  return { memoryBytes: memoryBytes.value, disk: [{ folder, bytes: diskBytes.value }] }
}

/** Work that is remembered goes on when nobody waits for it any more: whoever asks next has it then. */
async function unlessAborted<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  if (signal !== undefined) throwIfCancelled(signal)
  const result = await work()
  if (signal !== undefined) throwIfCancelled(signal)
  return result
}

function lookAtModel(launcher: EngineLauncher, modelPath: string): Promise<ModelLook> {
  return withEngine(launcher, async (engine) => {
    const { versions } = await engine.request('model.recognize', { modelPath })
    const { modelHash, sizeBytes, parameterCount, macsPerAudioSecond, layers } = await engine.request(
      'model.describe',
      { modelPath }
    )
    return { modelHash, versions, sizeBytes, parameterCount, macsPerAudioSecond, layers }
  })
}

function lookAtDataset(
  launcher: EngineLauncher,
  datasetPath: string,
  skipUnreadable: boolean
): Promise<DatasetLook> {
  return withEngine(launcher, async (engine) => {
    const { utterances, audioSeconds } = await engine.request('dataset.peek', { datasetPath })
    const isSmall = audioSeconds !== null && audioSeconds <= hashedAudioSeconds
    const described = isSmall
      ? await engine.request('dataset.describe', { datasetPath, skipUnreadable })
      : undefined
    return { utterances, audioSeconds, datasetHash: described?.datasetHash }
  })
}

interface Looks {
  readonly model: ModelLook
  readonly calibration: DatasetLook
  readonly evaluation: DatasetLook
  readonly development: DatasetLook | undefined
}

function finishedTrials(
  { records }: Workspace,
  specs: readonly TrialSpec[],
  { model, calibration, evaluation, development }: Looks
): { readonly finished: readonly boolean[] | undefined; readonly reuseObstacle: string | null } {
  const { datasetHash: calibrationHash } = calibration
  const { datasetHash: evaluationHash } = evaluation
  const developmentHash = development === undefined ? null : development.datasetHash
  if (calibrationHash === undefined || evaluationHash === undefined || developmentHash === undefined) {
    const reuseObstacle =
      'The audio is too much to be read for an estimate; what is finished already is found when the study starts.'
    return { finished: undefined, reuseObstacle }
  }
  const { modelHash, versions } = model
  const inputs = { modelHash, calibrationHash, evaluationHash, developmentHash, versions }
  const finished = specs.map((spec) => {
    const trialId = sha256Text(canonicalJson(trialIdentity(spec, inputs)))
    return records.trial(trialId)?.state === 'completed'
  })
  return { finished, reuseObstacle: null }
}

/** Completed trials of all studies, and the tile that the last study which asked for one got. */
function readEarlier(
  { records }: Workspace,
  modelHash: string
): { readonly trials: EarlierTrial[]; readonly measuredRankMultiple: number } {
  const trials = new Map<string, EarlierTrial>()
  let measuredRankMultiple: number | undefined
  for (const { studyId } of records.listStudies()) {
    const study = records.findStudy(studyId)
    const origin = studyOriginSchema.safeParse(study.recipe)
    // Of a newer or older Lathe: what cannot be read tells nothing, and is no reason to have no estimate.
    if (!origin.success) continue
    if (origin.data.recipe.allocation.rankMultiple === 'measured') {
      measuredRankMultiple ??= origin.data.measuredRankMultiple
    }
    const isSameModel = origin.data.modelHash === modelHash
    const specs = new Map(expandRecipe(origin.data.recipe, origin.data).map((spec) => [spec.name, spec]))
    for (const { trialId, name } of study.trials.slice(0, readTrials)) {
      const spec = specs.get(name)
      const record = trials.has(trialId) ? undefined : records.trial(trialId)
      const earlier =
        spec === undefined || record === undefined ? undefined : earlierTrial(record, spec, isSameModel)
      if (earlier !== undefined) trials.set(trialId, earlier)
    }
  }
  return { trials: [...trials.values()], measuredRankMultiple: measuredRankMultiple ?? 1 }
}

function earlierTrial(record: TrialRecord, spec: TrialSpec, isSameModel: boolean): EarlierTrial | undefined {
  if (record.state !== 'completed' || record.finishedAt === undefined) return undefined
  const outcome = trialOutcomeSchema.safeParse(record.result)
  if (!outcome.success) return undefined
  const { built, measurement, development } = outcome.data
  const { making } = spec
  return {
    isSameModel,
    method: trialMethod(making),
    precision: trialPrecision(making),
    calibration: making.kind === 'low-rank' ? making.calibration : null,
    threads: measurement.conditions.threads,
    wallSeconds: (Date.parse(record.finishedAt) - Date.parse(record.startedAt)) / 1000,
    realTimeFactor: measurement.realTimeFactor,
    audioSeconds: measurement.audioSeconds + (development?.audioSeconds ?? 0),
    loadMilliseconds: measurement.loadMilliseconds,
    peakResidentBytes: measurement.peakResidentBytes,
    macsPerAudioSecond: built.macsPerAudioSecond
  }
}
