/**
 * The table of everything that a page may ask its host: name, schema of the parameters, type of the result.
 *
 * To add a call: one row here and one handler in `src-main/services/call-handlers.ts`. All transports, the preload
 * script's allow-list and the typed client follow from this table.
 */
import { z } from 'zod'
import {
  comparedTrialsSchema,
  utteranceQuerySchema,
  type OpenedRecording,
  type TierDifference,
  type UtterancePage
} from './compare'
import type { EngineUsage } from './engine-usage'
import type { ExportedTier } from './export'
import {
  inspectedLayerSchema,
  inspectedModelSchema,
  planMeasurementSchema,
  planPreviewSchema,
  timedModelSchema,
  type PlanMeasurement,
  type TwinSpectra,
  type WeightStatistics
} from './inspect'
import { jobKinds, type Job } from './job'
import type { LogLine } from './job-log'
import type { Library, LibraryEntry, LibraryPreview } from './library'
import type { ModelDescription } from './model'
import type { ModelPlan } from './model-plan'
import type { LatencyTable } from './rank-plan'
import type { ModelSpectra } from './spectra'
import {
  trainableQuestionSchema,
  type TrainableCount,
  type TrainingListing,
  type TrainingRecord
} from './training-record'
import { pathQuestionSchema, type PathChoice } from './path-choice'
import type { StudyEstimate } from './study-estimate'
import {
  maximumPartCharacters,
  maximumUploadBytes,
  type AudioUpload,
  type TierTranscription
} from './transcription'
import type { StudyReport } from './trial'
import type {
  AppDescription,
  DatasetSummary,
  FolderListing,
  RecipeCheck,
  RecipeFile,
  StudySummary
} from './workbench-data'

interface Call<Params extends z.ZodType, Result> {
  readonly params: Params
  /** Carries the type only; no row has a value here. */
  readonly result?: Result
}

/** `call<Result>()(params)`: two steps, because TypeScript infers all type arguments of a function or none. */
const call =
  <Result>() =>
  <Params extends z.ZodType>(params: Params): Call<Params, Result> => ({ params })

const pathSchema = z.string().min(1).max(4096)
/** A recipe's text. A recipe is written by hand; what is longer than this is something else. */
const recipeTextSchema = z.string().max(500_000)
const jobIdSchema = z.string().min(1).max(100)
const nothing = z.strictObject({})
const oneJob = z.strictObject({ jobId: jobIdSchema })
const onePath = z.strictObject({ path: pathSchema })
const oneEntry = z.strictObject({ entryId: z.string().min(1).max(100) })
/** Id, name, or the beginning of an id. */
const studySchema = z.string().min(1).max(200)
const comparedTiers = z.strictObject({ study: studySchema, trialIds: comparedTrialsSchema })
const oneTraining = z.strictObject({ trainingId: z.string().regex(/^[0-9a-f]{64}$/) })
const oneUpload = z.strictObject({ uploadId: z.string().min(1).max(100) })

export const calls = {
  'app.describe': call<AppDescription>()(nothing),

  /** The entries of one folder inside the allowed roots; without `folder`, of the first root. */
  'files.list': call<FolderListing>()(
    z.strictObject({ folder: pathSchema.optional(), showHidden: z.boolean().default(false) })
  ),

  /** Asks with the system's own dialog; null where the host has none, as in a browser. */
  'files.choose': call<PathChoice | null>()(pathQuestionSchema),

  'model.describe': call<ModelDescription>()(z.strictObject({ modelPath: pathSchema })),
  'dataset.describe': call<DatasetSummary>()(z.strictObject({ datasetPath: pathSchema })),

  /** How much of each matrix few directions carry. Slow the first time, then from the cache. */
  'model.spectra': call<ModelSpectra>()(inspectedModelSchema),
  /** The products of queries and keys, and of values and outputs, in the attention that a layer belongs to. */
  'model.twins': call<TwinSpectra>()(inspectedLayerSchema),
  'weights.statistics': call<WeightStatistics>()(inspectedLayerSchema),
  /** Times this machine on the products that ranks are about. Seconds the first time or `again`, then from the cache. */
  'machine.probe': call<LatencyTable>()(timedModelSchema),
  /** Chooses ranks without making the model; a newer question takes the place of one that waits. */
  'plan.preview': call<ModelPlan>()(planPreviewSchema),
  /** Makes the plan and hears it on a few recordings; a newer question ends the one under way. */
  'plan.measure': call<PlanMeasurement>()(planMeasurementSchema),

  /** The models and data sets that the workspace knows. */
  'library.list': call<Library>()(nothing),
  /** What a path is; that it is nothing is a result too. Reads all of a model and some of a data set. */
  'library.preview': call<LibraryPreview>()(onePath),
  'library.add': call<LibraryEntry>()(onePath),
  /** Adds the model and the speech that came with Lathe. */
  'library.addDemo': call<Library>()(nothing),
  /** Notes that an entry was opened in another view. */
  'library.use': call<LibraryEntry>()(oneEntry),
  /** Forgets an entry, not its files; `library.restore` takes it back. */
  'library.remove': call<{ readonly entryId: string }>()(oneEntry),
  'library.restore': call<LibraryEntry>()(oneEntry),
  /** Says where the files of an entry are now. */
  'library.relocate': call<LibraryEntry>()(oneEntry.extend(onePath.shape)),

  'studies.list': call<readonly StudySummary[]>()(nothing),
  /** `study`: id, name, or the beginning of an id. */
  'studies.show': call<StudyReport>()(z.strictObject({ study: z.string().min(1).max(200) })),

  /** A wrong recipe is a result, not an error: an editor asks at every pause. Paths are relative to `folder`. */
  'recipe.check': call<RecipeCheck>()(z.strictObject({ text: recipeTextSchema, folder: pathSchema })),

  /** What a study would take of time, disk and memory, and which of its trials are finished already. */
  'recipe.estimate': call<StudyEstimate>()(z.strictObject({ text: recipeTextSchema, folder: pathSchema })),
  /** The text of a recipe file, right or wrong, and its folder, which its paths are relative to. */
  'recipe.read': call<RecipeFile>()(onePath),

  /** Puts a study or a training at the end of the queue, from a recipe file or from a text whose paths are relative to `folder`. */
  'jobs.start': call<Job>()(
    z.strictObject({
      kind: z.enum(jobKinds),
      recipe: z.union([
        z.strictObject({ path: pathSchema }),
        z.strictObject({ text: recipeTextSchema, folder: pathSchema })
      ]),
      /** Whether it starts although by the estimate it does not fit on the machine; otherwise it then fails as `resources`. */
      force: z.boolean().default(false)
    })
  ),
  /** All jobs in the order of the queue. */
  'jobs.list': call<readonly Job[]>()(nothing),
  /** Stops a job at once; what is finished is kept, and `jobs.resume` takes it up again. */
  'jobs.cancel': call<Job>()(oneJob),
  /** Stops a running job after the trial in hand, or takes a waiting one out of the line. */
  'jobs.pause': call<Job>()(oneJob),
  /**
   * Lets a job that stopped for whatever reason wait for its turn again; a completed one if trials of it failed. `force` as
   * in `jobs.start`, and as it was when left out.
   */
  'jobs.resume': call<Job>()(oneJob.extend({ force: z.boolean().optional() })),
  /** Puts a job before another in the queue; `beforeJobId` null: at the end. Answers with the new order. */
  'jobs.move': call<readonly Job[]>()(
    z.strictObject({ jobId: jobIdSchema, beforeJobId: jobIdSchema.nullable() })
  ),
  /** Forgets a job that does not run. The study that it made stays. */
  'jobs.remove': call<{ readonly jobId: string }>()(oneJob),
  /** The latest lines that a job has written since the host was started. */
  'jobs.log': call<readonly LogLine[]>()(oneJob),
  /** What the engine processes take of the machine; empty where the system does not tell. */
  'jobs.usage': call<readonly EngineUsage[]>()(nothing),

  /** The trainings of the workspace, the one that changed last first. */
  'trainings.list': call<readonly TrainingListing[]>()(nothing),
  /** A training with its curve. */
  'trainings.show': call<TrainingRecord>()(oneTraining),
  /** What patterns would train; a newer question takes the place of one that waits. */
  'trainings.count': call<TrainableCount>()(trainableQuestionSchema),
  /** Writes the model of a training that has ended into a new folder called `name` inside `folder`. */
  'trainings.export': call<ExportedTier>()(
    oneTraining.extend({ folder: pathSchema, name: z.string().min(1).max(200) })
  ),
  /** Forgets a training that does not run: checkpoint and curve for good. What was exported stays. */
  'trainings.remove': call<{ readonly trainingId: string }>()(oneTraining),

  /** What tiers of a study made of the recordings, a part of the list at a time. */
  'studies.utterances': call<UtterancePage>()(comparedTiers.extend(utteranceQuerySchema.shape)),
  /** Every two of the tiers against each other, each against those before it. */
  'studies.differences': call<readonly TierDifference[]>()(comparedTiers),
  /** The sound of an evaluated recording; `datasetPath` where the evaluation set is not where it was. */
  'recordings.open': call<OpenedRecording>()(
    z.strictObject({
      study: studySchema,
      utteranceId: z.string().min(1).max(4096),
      datasetPath: pathSchema.optional()
    })
  ),

  /** Announces a recording of the user's own, which is sent in parts and kept until it is discarded. */
  'transcribe.begin': call<AudioUpload>()(
    z.strictObject({ name: z.string().min(1).max(300), sizeBytes: z.int().min(1).max(maximumUploadBytes) })
  ),
  'transcribe.append': call<AudioUpload>()(
    oneUpload.extend({ offset: z.int().min(0), base64: z.base64().min(1).max(maximumPartCharacters) })
  ),
  /** Lets one tier hear the recording. `against`: a text that the result is held against. */
  'transcribe.run': call<TierTranscription>()(
    oneUpload.extend({
      study: studySchema,
      trial: z.string().min(1).max(200),
      against: z.string().max(100_000).nullable().default(null)
    })
  ),
  'transcribe.discard': call<{ readonly uploadId: string }>()(oneUpload),

  /** Writes a completed tier into a new folder called `name` inside `folder`, and proves that it runs alike. */
  'export.tier': call<ExportedTier>()(
    z.strictObject({
      study: z.string().min(1).max(200),
      trial: z.string().min(1).max(200),
      folder: pathSchema,
      name: z.string().min(1).max(200)
    })
  )
} as const

export type CallName = keyof typeof calls

/** What a caller passes: members with a default may be left out. */
export type CallParams<N extends CallName> = z.input<(typeof calls)[N]['params']>

/** What a handler gets: checked, with defaults filled in. */
export type CheckedParams<N extends CallName> = z.output<(typeof calls)[N]['params']>

export type CallResult<N extends CallName> =
  (typeof calls)[N] extends Call<z.ZodType, infer Result> ? Result : never

/** Whether the table has this name; what every object inherits, such as `constructor`, is no name of the table. */
export function isCallName(name: string): name is CallName {
  return Object.hasOwn(calls, name)
}
