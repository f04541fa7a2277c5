/** The training loop over the runtime port. Runs in an engine process only: every step blocks its thread. */
import { WorkbenchError } from '@contract/errors'
import {
  isBetterDevelopment,
  type DevelopmentRecord,
  type TrainingEvent,
  type TrainingPace,
  type TrainingRecipe,
  type TrainingStepRecord
} from '@contract/training'
import type { CancelSignal } from '../base/abort'
import type { Clock } from '../base/clock'
import { createRemainingTime } from '../base/remaining-time'
import { encodeModel } from '../onnx/serde/encode-model'
import type { InferenceBackend, InferenceSession } from '../runtime/inference-backend'
import { epochBatches, epochSteps, type DataOrder } from './epoch-batches'
import { learningRateAt } from './learning-rate'
import { initialValues, scalarOf, StepRunner, type StepOutcome, type StepRates } from './step-runner'
import type { TrainingBatch, TrainingData } from './training-data'
import { evaluationsSinceBest, type TrainingProgress } from './training-progress'
import type { TrainingStep } from './training-step'

export interface TrainOptions {
  readonly backend: InferenceBackend
  readonly clock: Clock
  readonly recipe: TrainingRecipe
  readonly step: TrainingStep
  readonly data: TrainingData
  readonly development: TrainingData | undefined
  /** Where to go on; undefined: from the beginning. */
  readonly resume: TrainingProgress | undefined
  readonly signal: CancelSignal
  onEvent(event: TrainingEvent): void
  /** Keeps a checkpoint, in place of the one before. */
  save(progress: TrainingProgress): Promise<void>
  /** How much of the development set the model as it was has heard, before the first step; later ones are steps' time. */
  onParentHeard?(recordings: number, total: number): void
  /** Lets messages in, such as a cancel. */
  breathe(): Promise<void>
}

/** How many steps a training has and how many of them are an epoch. */
export function trainingLength(
  { batches, seed, steps, epochs }: TrainingRecipe,
  data: TrainingData
): { readonly totalSteps: number; readonly stepsPerEpoch: number } {
  const stepsPerEpoch = epochSteps(data.recordings, { batches, seed }, 0).length
  if (stepsPerEpoch === 0) {
    throw new WorkbenchError('invalid-input', 'The training set is empty; there is nothing to learn from.')
  }
  return { totalSteps: steps ?? stepsPerEpoch * (epochs ?? 1), stepsPerEpoch }
}

/**
 * Trains to the end of the recipe, or until the development set stops improving.
 *
 * Deterministic for a recipe, data, number of threads and runtime, however often it was interrupted: everything that is
 * drawn follows from the seed and the place in the training. A checkpoint is kept every `checkpointEverySteps`, when asked
 * to stop, and at the end.
 *
 * @throws WorkbenchError `cancelled` after the checkpoint is kept; `numerical` when the loss or the gradients stop being
 * finite, the last checkpoint being of a step before.
 */
export async function train(options: TrainOptions): Promise<TrainingProgress> {
  if (options.resume?.ended !== undefined) return options.resume
  const loop = await TrainingLoop.open(options)
  try {
    return await loop.run()
  } finally {
    await loop.release()
  }
}

class TrainingLoop {
  readonly #options: TrainOptions
  readonly #runner: StepRunner
  readonly #evaluation: InferenceSession | undefined
  #progress: TrainingProgress
  #savedStep: number
  /** Of the epoch in hand, so that it is not drawn anew for every step. */
  #epoch: { readonly number: number; readonly steps: number[][][] } | undefined

  private constructor(
    options: TrainOptions,
    sessions: { readonly runner: StepRunner; readonly evaluation: InferenceSession | undefined },
    progress: TrainingProgress
  ) {
    this.#options = options
    this.#runner = sessions.runner
    this.#evaluation = sessions.evaluation
    this.#progress = progress
    this.#savedStep = progress.step
  }

  static async open(options: TrainOptions): Promise<TrainingLoop> {
    const { backend, recipe, step, development, clock } = options
    const progress = options.resume ?? {
      step: 0,
      values: initialValues(step),
      curve: { steps: [], development: [] },
      best: undefined,
      ended: undefined
    }
    const { threads } = recipe
    const runner = await StepRunner.open(backend, step, progress.values, { threads, clock })
    try {
      const evaluation =
        development === undefined
          ? undefined
          : await backend.open({ kind: 'bytes', bytes: encodeModel(step.evaluation) }, { threads })
      return new TrainingLoop(options, { runner, evaluation }, progress)
    } catch (error) {
      await runner.release()
      throw error
    }
  }

  async run(): Promise<TrainingProgress> {
    const { recipe, data, signal, clock } = this.#options
    const { totalSteps, stepsPerEpoch } = trainingLength(recipe, data)
    // Weights that training only makes worse are better left as they are, so the parent model is the first candidate.
    if (this.#progress.step === 0) await this.#evaluate(0)
    const remaining = createRemainingTime(clock)
    remaining.estimateSeconds(this.#progress.step, totalSteps)
    let [audioSeconds, begin] = [0, clock.nowMilliseconds()]
    const first = begin
    while (this.#progress.ended === undefined) {
      if (signal.aborted) {
        await this.#save()
        throw new WorkbenchError('cancelled', 'The training was cancelled; its checkpoint is kept.')
      }
      const number = this.#progress.step + 1
      const epoch = Math.floor((number - 1) / stepsPerEpoch)
      const batches = await this.#batches(epoch, (number - 1) % stepsPerEpoch)
      const dataSeconds = (clock.nowMilliseconds() - begin) / 1000
      const rates = this.#rates(number, totalSteps)
      const outcome = await this.#runner.take(batches, rates)
      this.#assertFinite(number, outcome)
      const seconds = batches.reduce((sum, batch) => sum + batch.audioSeconds, 0)
      const { loss, gradientNorm, runSeconds } = outcome
      const record = {
        step: number,
        epoch,
        loss,
        gradientNorm,
        learningRate: rates.learningRate,
        audioSeconds: seconds
      }
      await this.#advance(record, totalSteps)
      audioSeconds += seconds
      const now = clock.nowMilliseconds()
      const pace: TrainingPace = {
        dataSeconds,
        runSeconds,
        otherSeconds: (now - begin) / 1000 - dataSeconds - runSeconds,
        audioSecondsPerSecond: (audioSeconds * 1000) / Math.max(1, now - first),
        remainingSeconds: remaining.estimateSeconds(number, totalSteps)
      }
      begin = now
      this.#options.onEvent({ kind: 'step', record, pace, totalSteps })
      await this.#options.breathe()
    }
    await this.#save()
    return this.#progress
  }

  /** Takes the step into the progress, and does what is due after it: evaluation, stopping, checkpoint. */
  async #advance(record: TrainingStepRecord, totalSteps: number): Promise<void> {
    const { recipe } = this.#options
    const { curve, best } = this.#progress
    const isLast = record.step >= totalSteps
    this.#progress = {
      step: record.step,
      values: this.#runner.values,
      curve: { ...curve, steps: [...curve.steps, record] },
      best,
      ended: isLast ? 'completed' : undefined
    }
    if (record.step % recipe.evaluateEverySteps === 0 || isLast) await this.#evaluate(record.step)
    if (record.step % recipe.checkpointEverySteps === 0) await this.#save()
  }

  async #evaluate(step: number): Promise<void> {
    if (this.#evaluation === undefined || this.#options.development === undefined) return
    const { recipe } = this.#options
    const heard = await this.#hearDevelopment(this.#evaluation, this.#options.development)
    const { curve, best, ended } = this.#progress
    const record: DevelopmentRecord = { step, ...heard }
    const isBest = isBetterDevelopment(record, best?.record, recipe.select)
    const development = [...curve.development, record]
    const values = new Map(
      Object.entries(this.#runner.parameters).map(([name, { data }]) => [
        name,
        Float32Array.from(data as Float32Array)
      ])
    )
    const nextBest = isBest ? { record, values } : best
    const patience = recipe.earlyStopping?.patience ?? Infinity
    const isPatienceOut = evaluationsSinceBest(development, nextBest) >= patience
    this.#progress = {
      ...this.#progress,
      curve: { ...curve, development },
      best: nextBest,
      ended: ended ?? (isPatienceOut ? 'early-stopping' : undefined)
    }
    this.#options.onEvent({ kind: 'development', record, isBest })
  }

  /** The mean loss over the recordings of the development set and their word errors, without augmentation. */
  async #hearDevelopment(
    session: InferenceSession,
    data: TrainingData
  ): Promise<Omit<DevelopmentRecord, 'step'>> {
    const { step, signal } = this.#options
    let [sum, recordings, wordErrors, referenceWords] = [0, 0, 0, 0]
    for (const numbers of epochBatches(data.recordings, this.#order(), 0)) {
      if (signal.aborted)
        throw new WorkbenchError('cancelled', 'The training was cancelled; its last checkpoint is kept.')
      const batch = await data.batch(numbers, undefined)
      const feeds = { ...batch.feeds, ...this.#runner.parameters }
      const outputs = await session.run(feeds, [step.loss, step.logits])
      sum += this.#finiteLoss(scalarOf(outputs, step.loss)) * batch.recordings
      recordings += batch.recordings
      const tally = batch.countWordErrors(outputs[step.logits]!)
      wordErrors += tally.wordErrors
      referenceWords += tally.referenceWords
      if (this.#progress.step === 0) this.#options.onParentHeard?.(recordings, data.recordings.length)
      await this.#options.breathe()
    }
    return { loss: this.#finiteLoss(sum / recordings), wordErrors, referenceWords }
  }

  /** A comparison with NaN would keep the wrong weights for good. */
  #finiteLoss(loss: number): number {
    if (Number.isFinite(loss)) return loss
    throw new WorkbenchError(
      'numerical',
      `The loss of the development set is ${loss} after step ${this.#progress.step}, expected a finite number; ${this.#kept()}; lower the learning rate or check its recordings.`
    )
  }

  async #batches(epoch: number, place: number): Promise<TrainingBatch[]> {
    const { data } = this.#options
    if (this.#epoch?.number !== epoch) {
      this.#epoch = { number: epoch, steps: epochSteps(data.recordings, this.#order(), epoch) }
    }
    const batches: TrainingBatch[] = []
    for (const numbers of this.#epoch.steps[place] ?? []) batches.push(await data.batch(numbers, epoch))
    return batches
  }

  #order(): DataOrder {
    const { batches, seed } = this.#options.recipe
    return { batches, seed }
  }

  #rates(step: number, totalSteps: number): StepRates {
    const { schedule, learningRate, groups } = this.#options.recipe
    const at = { step, totalSteps }
    return {
      stepNumber: step,
      learningRate: learningRateAt(schedule, learningRate, at),
      groups: new Map(
        groups.map((group) => [
          group.name,
          learningRateAt(group.schedule ?? schedule, group.learningRate, at)
        ])
      )
    }
  }

  #assertFinite(step: number, { loss, gradientNorm }: StepOutcome): void {
    if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return
    throw new WorkbenchError(
      'numerical',
      `The training left the finite numbers at step ${step}: its loss is ${loss.toPrecision(4)} and the norm of its gradients ${gradientNorm.toPrecision(4)}; ${this.#kept()}; lower the learning rate, or freeze the layers that make features of the sound if they are trained.`,
      { details: { step, savedStep: this.#savedStep } }
    )
  }

  /** Which checkpoint is left, as a part of a sentence. */
  #kept(): string {
    if (this.#savedStep === 0) return 'no checkpoint was made yet'
    return `the checkpoint of step ${this.#savedStep} is kept`
  }

  async #save(): Promise<void> {
    const { step } = this.#progress
    if (step === 0) return
    // The step after the next one writes over the arrays; who keeps checkpoints in memory keeps a copy.
    const values = new Map([...this.#progress.values].map(([name, array]) => [name, array.slice()]))
    await this.#options.save({ ...this.#progress, values })
    this.#savedStep = step
    this.#options.onEvent({ kind: 'checkpoint', step })
  }

  async release(): Promise<void> {
    await this.#runner.release()
    await this.#evaluation?.release()
  }
}
