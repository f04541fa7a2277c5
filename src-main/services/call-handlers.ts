/** One handler for each row of the table of calls (`src-preload/contract/calls.ts`). */
import { availableParallelism } from 'node:os'
import process from 'node:process'
import type { CallName, CallResult, CheckedParams } from '@contract/calls'
import type { PathChoice, PathQuestion } from '@contract/path-choice'
import type { AppDescription } from '@contract/workbench-data'
import { latheVersion } from '../base/lathe-version'
import type { AllowedFolders } from '../workspace/allowed-folders'
import type { JobQueue } from './job-queue'
import { checkRecipe, readRecipeFile, takeRecipe } from './job-recipe'
import { takeTrainingRecipe } from './training-recipe'
import type { Trainings } from './trainings'
import { exportTier } from './export-tier'
import type { JobLog } from './job-log'
import type { ModelInspection } from './inspect-model'
import type { LibraryService } from './library'
import type { Listening } from './listening'
import type { PlanMeasuring } from './measure-plan'
import type { Services } from './services'

/** What the handlers work with. */
export interface HandlerParts {
  readonly services: Services
  readonly queue: JobQueue
  readonly log: JobLog
  readonly library: LibraryService
  readonly inspection: ModelInspection
  readonly measuring: PlanMeasuring
  readonly listening: Listening
  readonly trainings: Trainings
  readonly folders: AllowedFolders
  readonly workspaceFolder: string
  readonly host: AppDescription['host']
  readonly choosePath: (question: PathQuestion) => Promise<PathChoice | null>
}

export interface CallContext {
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal
}

export type CallHandlers = {
  readonly [N in CallName]: (
    params: CheckedParams<N>,
    context: CallContext
  ) => CallResult<N> | Promise<CallResult<N>>
}

/** Parameters have passed their schema; every path still has to pass `folders`. */
export function createCallHandlers({
  services,
  queue,
  log,
  library,
  inspection,
  measuring,
  listening,
  trainings,
  folders,
  workspaceFolder,
  host,
  choosePath
}: HandlerParts): CallHandlers {
  return {
    'app.describe': () => ({
      version: latheVersion,
      host,
      platform: process.platform,
      workspaceFolder,
      roots: folders.roots,
      threads: availableParallelism()
    }),
    'files.list': ({ folder, showHidden }) => folders.list(folder, { showHidden }),
    'files.choose': (question) => choosePath(question),
    'model.describe': ({ modelPath }, context) => services.describeModel(folders.resolve(modelPath), context),
    'dataset.describe': ({ datasetPath }, context) =>
      services.describeDataset(folders.resolve(datasetPath), context),
    'model.spectra': (model, context) => inspection.spectra(model, context),
    'model.twins': (layer, context) => inspection.twins(layer, context),
    'weights.statistics': (layer, context) => inspection.statistics(layer, context),
    'machine.probe': (model, context) => inspection.times(model, context),
    'plan.preview': (request, context) => inspection.previewPlan(request, context),
    'plan.measure': (request, context) => measuring.measure(request, context),
    'library.list': () => library.list(),
    'library.preview': ({ path }, context) => library.preview(path, context),
    'library.add': ({ path }, context) => library.add(path, context),
    'library.addDemo': (_, context) => library.addDemo(context),
    'library.use': ({ entryId }) => library.use(entryId),
    'library.remove': ({ entryId }) => {
      library.remove(entryId)
      return { entryId }
    },
    'library.restore': ({ entryId }) => library.restore(entryId),
    'library.relocate': ({ entryId, path }, context) => library.relocate(entryId, path, context),
    'studies.list': () => services.listStudies(workspaceFolder),
    'studies.show': ({ study }) => services.showStudy(workspaceFolder, study),
    'recipe.check': ({ text, folder }) => checkRecipe(text, folder, folders),
    'recipe.estimate': async (recipe, context) => {
      const { text } = await takeRecipe(recipe, folders)
      return services.estimateStudy({ recipeText: text, workspaceFolder }, context)
    },
    'recipe.read': ({ path }) => readRecipeFile(folders.resolve(path)),
    'jobs.start': async ({ kind, recipe, force }) => {
      const take = kind === 'study' ? takeRecipe : takeTrainingRecipe
      return queue.start(await take(recipe, folders), kind, force)
    },
    'jobs.list': () => queue.list(),
    'jobs.cancel': ({ jobId }) => queue.cancel(jobId),
    'jobs.pause': ({ jobId }) => queue.pause(jobId),
    'jobs.resume': ({ jobId, force }) => queue.resume(jobId, force),
    'jobs.move': ({ jobId, beforeJobId }) => queue.move(jobId, beforeJobId),
    'jobs.remove': ({ jobId }) => {
      queue.remove(jobId)
      return { jobId }
    },
    'jobs.log': ({ jobId }) => log.lines(jobId),
    'jobs.usage': () => services.engineUsage(),
    'trainings.list': () => trainings.list(),
    'trainings.show': ({ trainingId }) => trainings.show(trainingId),
    'trainings.count': (question, context) => trainings.count(question, context),
    'trainings.export': (request, context) => trainings.export(request, context),
    'trainings.remove': ({ trainingId }) => {
      trainings.remove(trainingId)
      return { trainingId }
    },
    'studies.utterances': (request) => listening.utterances(request),
    'studies.differences': (request, context) => listening.differences(request, context),
    'recordings.open': (request, context) => listening.openRecording(request, context),
    'transcribe.begin': (request) => listening.beginUpload(request),
    'transcribe.append': (part) => listening.appendUpload(part),
    'transcribe.run': (request, context) => listening.transcribe(request, context),
    'transcribe.discard': (upload) => listening.discardUpload(upload),
    'export.tier': ({ study, trial, folder, name }, context) =>
      exportTier(
        (request, options) => services.exportTrial(request, options),
        { workspaceFolder, study, trial, folder: folders.resolve(folder), name },
        context
      )
  }
}
