import type { BenchReport } from '@contract/bench-report'
import type { ModelDescription } from '@contract/model'
import type { ModelPlan } from '@contract/model-plan'
import type { RankMap } from '@contract/rank-plan'
import type { EngineUsage } from '@contract/engine-usage'
import type { DatasetSummary } from '@contract/workbench-data'
import type { DemoSpeechSummary } from '@contract/demo-speech'
import type { TrainingListing } from '@contract/training-record'
import type { StudyReport } from '@contract/trial'
import type { EngineLauncher } from '../engine/launcher'
import type { ExportResult } from '../engine/protocol'
import { runBenchmark, type BenchRequest } from './bench'
import { compressModel } from './compress-model'
import { createDifferenceCache } from './difference-cache'
import { watchEngines } from './engine-usage'
import { createStudyEstimator, type EstimateStudy } from './estimate-study'
import { systemResources, type MachineResources } from '../workspace/machine-resources'
import { evaluateModel } from './evaluate-model'
import { exportTraining, type ExportTrainingRequest } from './export-training'
import { exportTrial } from './export-trial'
import { createInteractiveEngine, type InteractiveEngine } from './interactive-engine'
import { watchMemory } from './memory-watch'
import { makeDemoSpeech, type DemoSpeechRequest } from './make-demo-speech'
import { previewPath, type RecognizedPath } from './preview-path'
import type {
  CompressRequest,
  CompressResult,
  EvaluateRequest,
  EvaluateResult,
  ExportRequest,
  RunStudyRequest,
  ServiceOptions
} from './requests'
import { planModel, type PlanRequest } from './plan-model'
import { readRankMap } from './read-recipe'
import { reportStudy, type ReportRequest } from './report-study'
import { runStudy } from './run-study'
import { listStudies, showStudy, type StudySummary } from './show-study'
import { trainDemo, type TrainDemoRequest } from './train-demo'
import { trainModel, type TrainRequest, type TrainResult } from './train-model'
import { listTrainings, removeTraining } from './stored-trainings'
import { withEngine } from './with-engine'
import { withWorkspace } from './with-workspace'
import { writeStudyOutput } from './write-study-output'

/** Everything a host can ask for. Services queue, supervise and remember; engine processes compute. */
export interface Services {
  describeModel(modelPath: string, options?: ServiceOptions): Promise<ModelDescription>
  /** Reads all of a data set's audio, to hash it. */
  describeDataset(datasetPath: string, options?: ServiceOptions): Promise<DatasetSummary>
  /** Chooses ranks without making the model. */
  plan(request: PlanRequest, options?: ServiceOptions): Promise<ModelPlan>
  /** Ranks from a plan file. */
  readRankMap(path: string): Promise<RankMap>
  compress(request: CompressRequest, options?: ServiceOptions): Promise<CompressResult>
  evaluate(request: EvaluateRequest, options?: ServiceOptions): Promise<EvaluateResult>
  /** Times what Lathe does with a model on this machine. */
  bench(request: BenchRequest, options?: ServiceOptions): Promise<BenchReport>
  runStudy(request: RunStudyRequest, options?: ServiceOptions): Promise<StudyReport>
  showStudy(workspaceFolder: string, study: string): StudyReport
  listStudies(workspaceFolder: string): readonly StudySummary[]
  /** Writes a study as a document; answers with its text. */
  reportStudy(request: ReportRequest, options?: ServiceOptions): Promise<string>
  /** Goes on from the last checkpoint of the same training, if there is one. */
  train(request: TrainRequest, options?: ServiceOptions): Promise<TrainResult>
  /** Trains the demo's model from scratch, by the recipe that comes with Lathe. */
  trainDemo(
    request: Omit<TrainDemoRequest, 'resourcesFolder'>,
    options?: ServiceOptions
  ): Promise<TrainResult>
  /** Needs espeak-ng and flac, which Lathe does not carry. */
  makeDemoSpeech(request: DemoSpeechRequest, options?: ServiceOptions): Promise<readonly DemoSpeechSummary[]>
  /** The trainings of a workspace, the one that changed last first. */
  listTrainings(workspaceFolder: string): readonly TrainingListing[]
  /** Forgets the training with this id, name or beginning of an id, and answers with what it was. */
  removeTraining(workspaceFolder: string, training: string): TrainingListing
  /** The model of a training that has ended. */
  exportTraining(request: ExportTrainingRequest, options?: ServiceOptions): Promise<ExportResult>
  exportTrial(request: ExportRequest, options?: ServiceOptions): Promise<ExportResult>
  /** Whether a path is a model or a data set, and what of it can be told at a glance. */
  previewPath(path: string, options?: ServiceOptions): Promise<RecognizedPath>
  /** An engine for quick questions, one after the other; whoever opens it closes it. */
  openInteractiveEngine(): InteractiveEngine
  /** What a study would cost, before it runs. */
  readonly estimateStudy: EstimateStudy
  /** What the engines that run now take of the machine. */
  engineUsage(): readonly EngineUsage[]
}

/**
 * - `engines`          starts the engine processes; each call uses its own and ends them.
 * - `resourcesFolder`  what comes with Lathe: recipes and the demo.
 * - `machine`          tells what there is of memory and disk.
 */
export function createServices(
  engines: EngineLauncher,
  resourcesFolder: string,
  machine: MachineResources = systemResources
): Services {
  const watched = watchEngines(engines, machine)
  const memory = watchMemory(watched, { machine })
  const launcher = memory.launcher()
  const differences = createDifferenceCache()
  return {
    describeModel: (modelPath, options) =>
      withEngine(launcher, (engine) => engine.request('model.describe', { modelPath }, options)),
    describeDataset: (datasetPath, options) => describeDataset(launcher, datasetPath, options),
    plan: (request, options) => planModel(launcher, request, options),
    readRankMap,
    compress: (request, options) =>
      compressModel(memory.launcher(request.memoryLimitBytes), request, options, machine),
    evaluate: (request, options) =>
      evaluateModel(memory.launcher(request.memoryLimitBytes), request, options),
    bench: (request, options) => runBenchmark(launcher, request, options),
    async runStudy(request, options) {
      const report = await runStudy(memory.launcher(request.memoryLimitBytes), request, options, machine)
      const { workspaceFolder, outputFolder } = request
      if (outputFolder !== undefined) {
        await writeStudyOutput(launcher, report, { workspaceFolder, outputFolder }, options)
      }
      return report
    },
    showStudy: (workspaceFolder, study) => showStudy(workspaceFolder, study, differences),
    listStudies,
    reportStudy: (request, options) => reportStudy(launcher, request, options),
    train: (request, options) =>
      trainModel(memory.launcher(request.memoryLimitBytes), request, options, machine),
    trainDemo: (request, options) => trainDemo(launcher, { ...request, resourcesFolder }, options),
    makeDemoSpeech: (request, options) => makeDemoSpeech(launcher, request, options),
    listTrainings: (workspaceFolder) =>
      withWorkspace(workspaceFolder, (workspace) => listTrainings(workspace)),
    removeTraining: (workspaceFolder, training) =>
      withWorkspace(workspaceFolder, (workspace) => removeTraining(workspace, training)),
    exportTraining: (request, options) => exportTraining(launcher, request, options),
    exportTrial: (request, options) => exportTrial(launcher, request, options),
    previewPath: (path, options) => previewPath(launcher, path, options),
    openInteractiveEngine: () => createInteractiveEngine(launcher),
    estimateStudy: createStudyEstimator(launcher, machine, () => performance.now()),
    engineUsage: () => watched.usage()
  }
}

async function describeDataset(
  launcher: EngineLauncher,
  datasetPath: string,
  options?: ServiceOptions
): Promise<DatasetSummary> {
  const { datasetHash, audioHashes, utterances, speakers } = await withEngine(launcher, (engine) =>
    engine.request('dataset.describe', { datasetPath }, options)
  )
  // The hash of every recording stays here: a large set has a hundred thousand of them.
  return { path: datasetPath, datasetHash, recordings: audioHashes.length, utterances, speakers }
}
