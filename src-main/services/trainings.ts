/** The trainings of a workspace: runs them, follows their curves while they run, and shows what is remembered of them. */
import { join } from 'node:path'
import type { WorkbenchEvent } from '@contract/events'
import type { ExportedTier } from '@contract/export'
import type {
  DevelopmentRecord,
  TrainingCurve,
  TrainingEvent,
  TrainingPace,
  TrainingStepRecord
} from '@contract/training'
import type {
  TrainableCount,
  TrainableQuestion,
  TrainingListing,
  TrainingRecord
} from '@contract/training-record'
import type { Clock } from '../base/clock'
import type { AllowedFolders } from '../workspace/allowed-folders'
import { unusedPath } from '../workspace/export-folder'
import { readTextFile } from '../workspace/files'
import type { Workspace } from '../workspace/workspace'
import { folderName } from './export-tier'
import type { InteractiveEngine } from './interactive-engine'
import { cardFileName } from './report/export-documents'
import type { ServiceOptions } from './requests'
import { writeJobRecipe } from './run-job-recipe'
import type { Services } from './services'
import { readTrainingRecord } from './stored-trainings'
import { createTrainingListings } from './training-listings'

export interface TrainingsParts {
  readonly workspace: Workspace
  readonly folders: AllowedFolders
  readonly services: Pick<Services, 'train' | 'exportTraining'>
  readonly openEngine: () => InteractiveEngine
  readonly publish: (event: WorkbenchEvent) => void
  readonly clock: Clock
}

export interface Trainings {
  /** Runs the recipe of a job to its end and returns the training's id; `onOpened` is told it before the first step. */
  run(
    job: { readonly jobId: string; readonly text: string; readonly isForced: boolean },
    options: ServiceOptions & { readonly onOpened: (trainingId: string) => void }
  ): Promise<string>
  /** The one that changed last first. */
  list(): TrainingListing[]
  /** Of a training that runs with the curve so far. @throws WorkbenchError `not-found`. */
  show(trainingId: string): TrainingRecord
  count(question: TrainableQuestion, options: ServiceOptions): Promise<TrainableCount>
  export(
    request: { readonly trainingId: string; readonly folder: string; readonly name: string },
    options: ServiceOptions
  ): Promise<ExportedTier>
  /** @throws WorkbenchError `not-found`, `conflict` while it runs. */
  remove(trainingId: string): void
  /** Ends the engine that counts, if one runs. */
  close(): void
}

/** One a second looks like growing; more would only fill the history of events. */
const intervalMilliseconds = 1000

export function createTrainings(parts: TrainingsParts): Trainings {
  const { workspace, folders, services } = parts
  const live = new LiveCurve(parts)
  const listings = createTrainingListings(workspace)
  let engine: InteractiveEngine | undefined

  function show(trainingId: string): TrainingRecord {
    const record = readTrainingRecord(workspace, trainingId)
    return { ...record, curve: live.curveOf(trainingId) ?? record.curve }
  }

  return {
    async run(job, { onOpened, ...options }) {
      const recipePath = await writeJobRecipe(workspace, job)
      try {
        const { trained } = await services.train(
          {
            recipePath,
            workspaceFolder: workspace.folder,
            outputFolder: undefined,
            isForced: job.isForced,
            onTraining(event) {
              if (event.kind === 'opened') onOpened(event.head.trainingId)
              live.take(event)
            }
          },
          options
        )
        return trained.trainingId
      } finally {
        live.end()
      }
    },
    list: () => listings.list(show, (trainingId) => live.follows(trainingId)),
    show,
    async count({ modelPath, ...selection }, { signal }) {
      engine ??= parts.openEngine()
      return engine.ask(
        'model.countTrainable',
        { modelPath: folders.resolve(modelPath), ...selection },
        { topic: 'trainable', ...(signal === undefined ? {} : { signal }) }
      )
    },
    async export({ trainingId, folder, name }, options) {
      const outputFolder = unusedPath(join(folders.resolve(folder), folderName(name)))
      const request = { workspaceFolder: workspace.folder, trainingId, outputFolder }
      const exported = await services.exportTraining(request, options)
      return { ...exported, card: await readTextFile(join(exported.folder, cardFileName)) }
    },
    remove(trainingId) {
      readTrainingRecord(workspace, trainingId)
      workspace.checkpoints.remove(trainingId)
      parts.publish({ kind: 'training.removed', trainingId })
    },
    close() {
      engine?.close()
    }
  }
}

/** The curve of the training that runs, further than its last checkpoint, and its points as events. */
class LiveCurve {
  readonly #publish: TrainingsParts['publish']
  readonly #clock: Clock
  #trainingId: string | undefined
  #steps: TrainingStepRecord[] = []
  #development: DevelopmentRecord[] = []
  /** How much of the curve was told. */
  #told = { steps: 0, development: 0 }
  #pace: TrainingPace | null = null
  #toldAt = -Infinity

  constructor({ publish, clock }: Pick<TrainingsParts, 'publish' | 'clock'>) {
    this.#publish = publish
    this.#clock = clock
  }

  follows(trainingId: string): boolean {
    return trainingId === this.#trainingId
  }

  curveOf(trainingId: string): TrainingCurve | undefined {
    if (!this.follows(trainingId)) return undefined
    return { steps: [...this.#steps], development: [...this.#development] }
  }

  take(event: TrainingEvent): void {
    switch (event.kind) {
      case 'opened':
        this.#trainingId = event.head.trainingId
        this.#steps = [...event.curve.steps]
        this.#development = [...event.curve.development]
        this.#told = this.#lengths()
        this.#pace = null
        this.#publish({ kind: 'training.changed', trainingId: event.head.trainingId })
        return
      case 'step':
        this.#steps.push(event.record)
        this.#pace = event.pace
        break
      case 'development':
        this.#development.push(event.record)
        break
      case 'checkpoint':
        return
    }
    if (this.#clock.nowMilliseconds() - this.#toldAt >= intervalMilliseconds) this.#tell()
  }

  /** What is remembered now is on the disk. */
  end(): void {
    const trainingId = this.#trainingId
    if (trainingId === undefined) return
    this.#tell()
    this.#trainingId = undefined
    this.#publish({ kind: 'training.changed', trainingId })
  }

  #tell(): void {
    if (this.#trainingId === undefined) return
    this.#publish({
      kind: 'training.advanced',
      advance: {
        trainingId: this.#trainingId,
        steps: this.#steps.slice(this.#told.steps),
        development: this.#development.slice(this.#told.development),
        pace: this.#pace
      }
    })
    this.#told = this.#lengths()
    this.#toldAt = this.#clock.nowMilliseconds()
  }

  #lengths() {
    return { steps: this.#steps.length, development: this.#development.length }
  }
}
