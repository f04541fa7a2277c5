/**
 * The training recipe: everything that decides which weights come out of a training, and what a training tells while it
 * runs. Paths are relative to the recipe file. Unknown keys are refused.
 */
import { z } from 'zod'
import { normalizerNames } from './recipe'

/** How a learning rate goes from its full value to its last one, after the warm-up. */
export const scheduleKinds = ['constant', 'linear', 'cosine', 'exponential'] as const

export const scheduleSchema = z
  .strictObject({
    kind: z.enum(scheduleKinds).default('constant'),
    /** Steps over which the learning rate rises linearly to its full value. */
    warmupSteps: z.int().min(0).default(0),
    /** The learning rate of the last step ÷ the full one. */
    finalFraction: z.number().min(0).max(1).default(0.01)
  })
  .refine(({ kind, finalFraction }) => kind !== 'exponential' || finalFraction > 0, {
    message: 'an exponential schedule never reaches 0: give a finalFraction above it'
  })
export type LearningRateSchedule = z.infer<typeof scheduleSchema>

const patternsSchema = z.array(z.string().min(1)).min(1)
const learningRateSchema = z.number().gt(0)

/** Parameters with a learning rate of their own. */
export const parameterGroupSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,40}$/, 'a group is named by 1 to 40 of a-z, 0-9 and -'),
  parameters: patternsSchema,
  learningRate: learningRateSchema,
  /** The recipe's own schedule when left out. */
  schedule: scheduleSchema.optional()
})
export type ParameterGroup = z.infer<typeof parameterGroupSchema>

export const optimizerSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('adamw'),
    beta1: z.number().min(0).lt(1).default(0.9),
    beta2: z.number().min(0).lt(1).default(0.999),
    epsilon: z.number().gt(0).default(1e-8),
    /** Of weights; vectors (biases, norms) do not decay. */
    weightDecay: z.number().min(0).default(0.01)
  }),
  z.strictObject({ kind: z.literal('sgd'), momentum: z.number().min(0).lt(1).default(0) })
])
export type OptimizerSettings = z.infer<typeof optimizerSchema>

/** What training makes smaller. */
export const lossKinds = ['ctc', 'cross-entropy'] as const

const lossSettingsSchema = z.discriminatedUnion('kind', [
  /** Of models that write down what was said. */
  z.strictObject({ kind: z.literal('ctc') }),
  /** Of models that choose one label for a recording. */
  z.strictObject({
    kind: z.literal('cross-entropy'),
    /** Share of the target that is spread evenly over all labels. */
    labelSmoothing: z.number().min(0).lt(1).default(0)
  })
])
export type LossSettings = z.infer<typeof lossSettingsSchema>

/** Older recipes say the name alone. */
const lossSchema = z.preprocess((loss) => (loss === 'ctc' ? { kind: loss } : loss), lossSettingsSchema)

/** What a batch may hold, padding included. */
export const batchSettingsSchema = z.strictObject({
  audioSeconds: z.number().gt(0).default(60),
  mostRecordings: z.int().min(1).default(32),
  /** Recordings whose lengths round up to the same multiple of this are mixed at random. */
  bucketSeconds: z.number().gt(0).default(0.5),
  /** Batches whose gradients are averaged before the weights move; more than fit into memory at once. */
  perStep: z.int().min(1).default(1)
})
export type BatchSettings = z.infer<typeof batchSettingsSchema>

/** Bands of features set to their mean. Widths are drawn from 0 to the number given. */
export const specAugmentSchema = z.strictObject({
  frequencyMasks: z.int().min(0).default(2),
  frequencyBins: z.int().min(0).default(15),
  timeMasks: z.int().min(0).default(2),
  timeFrames: z.int().min(0).default(40),
  /** No time mask is wider than this share of the recording. */
  timeShare: z.number().min(0).max(1).default(0.2)
})
export type SpecAugmentSettings = z.infer<typeof specAugmentSchema>

export const noiseSchema = z.strictObject({
  /** Share of recordings that get noise. */
  probability: z.number().min(0).max(1).default(0.5),
  /** White noise at a signal-to-noise ratio drawn between the two. */
  decibels: z.tuple([z.number(), z.number()]).default([10, 30])
})
export type NoiseSettings = z.infer<typeof noiseSchema>

export const augmentationSchema = z.strictObject({
  specAugment: specAugmentSchema.optional(),
  noise: noiseSchema.optional(),
  /** Each recording is played at one of these speeds, drawn anew every epoch; tempo and pitch change together. */
  speeds: z.array(z.number().min(0.5).max(2)).min(1).default([1])
})
export type AugmentationSettings = z.infer<typeof augmentationSchema>

/** What the weights that are kept have the least of on the development set: its mean loss, or wrong words. */
export const selectionMeasures = ['loss', 'word-errors'] as const
export type SelectionMeasure = (typeof selectionMeasures)[number]

export const trainingRecipeSchema = z
  .strictObject({
    $schema: z.string().optional(),
    trainingVersion: z.literal(1),
    name: z.string().min(1).max(200),
    description: z.string().optional(),
    /** Folder of the model to start from. */
    model: z.string().min(1),
    trainingSet: z.string().min(1),
    /** Decides which weights are kept and when to stop; never trained on. */
    developmentSet: z.string().min(1).optional(),
    /** What of the development set decides; equal steps go to the earlier. `word-errors` needs a development set. */
    select: z.enum(selectionMeasures).default('loss'),
    /** Text normalizer before the words of the development set are counted; the same names as in a study. */
    normalizer: z.enum(normalizerNames).default('none'),
    /** Whether audio at another sample rate is resampled to the model's; otherwise it is refused. */
    resample: z.boolean().default(false),
    /**
     * Which parameters are trained: names of initializers or of the nodes that use them; `*` stands for any text.
     * Single numbers are never trained.
     */
    trainable: patternsSchema,
    /** Exceptions from `trainable`. */
    frozen: z.array(z.string().min(1)).default([]),
    /** That of the model's family when left out: CTC, or cross-entropy for a classifier. */
    loss: lossSchema.optional(),
    optimizer: optimizerSchema.prefault({ kind: 'adamw' }),
    /** Gradients are scaled down together where their global norm exceeds this. */
    maxGradientNorm: z.number().gt(0).default(1),
    learningRate: learningRateSchema,
    schedule: scheduleSchema.prefault({}),
    groups: z.array(parameterGroupSchema).default([]),
    batches: batchSettingsSchema.prefault({}),
    /** How long; one of the two. */
    steps: z.int().min(1).optional(),
    epochs: z.int().min(1).optional(),
    seed: z.int().min(0).default(1),
    augmentation: augmentationSchema.prefault({}),
    /** Stop when so many evaluations in a row have not improved on the best; needs a development set. */
    earlyStopping: z.strictObject({ patience: z.int().min(1) }).optional(),
    evaluateEverySteps: z.int().min(1).default(100),
    checkpointEverySteps: z.int().min(1).default(100),
    /**
     * Whether activations are computed anew for the gradients instead of being kept: less memory for long recordings, up to
     * the time of another forward pass. May round differently.
     */
    gradientCheckpointing: z.boolean().default(false),
    /** Threads inside one operator. Another number may round differently. */
    threads: z.int().min(1).max(256).default(2)
  })
  .refine(({ steps, epochs }) => (steps === undefined) !== (epochs === undefined), {
    message: 'a training needs either steps or epochs'
  })
  .refine(
    ({ earlyStopping, developmentSet }) => earlyStopping === undefined || developmentSet !== undefined,
    {
      message: 'early stopping needs a developmentSet'
    }
  )
  .refine(({ select, developmentSet }) => select === 'loss' || developmentSet !== undefined, {
    message: 'selecting by word errors needs a developmentSet'
  })
export type TrainingRecipe = z.infer<typeof trainingRecipeSchema>

/** A step on the training curve. Everything here is decided by the recipe and repeats itself. */
export interface TrainingStepRecord {
  /** From 1. */
  readonly step: number
  /** From 0. */
  readonly epoch: number
  /** Mean over the recordings of the step, before the weights moved. */
  readonly loss: number
  /** Of all gradients together, before clipping. */
  readonly gradientNorm: number
  readonly learningRate: number
  /** Without padding. */
  readonly audioSeconds: number
}

/** What the development set says after a step; step 0 is the model as it was. */
export interface DevelopmentRecord {
  readonly step: number
  /** Mean over the recordings. */
  readonly loss: number
  /**
   * Substitutions, deletions and insertions of greedy decoding, after the recipe's normalizer; of a classifier the wrong
   * labels, each recording counting as one word.
   */
  readonly wordErrors: number
  readonly referenceWords: number
}

/** Word errors as a share of the words that were said; the errors themselves where nothing was said. */
export function developmentErrorRate({
  wordErrors,
  referenceWords
}: Pick<DevelopmentRecord, 'wordErrors' | 'referenceWords'>): number {
  return wordErrors / Math.max(1, referenceWords)
}

/** How fast a training runs: tells nothing about the weights. */
export interface TrainingPace {
  /** Of the step: making the batch, in the runtime, and everything else. */
  readonly dataSeconds: number
  readonly runSeconds: number
  readonly otherSeconds: number
  /** Of training audio per second, over this run so far. */
  readonly audioSecondsPerSecond: number
  /** Until the last step, from the pace so far; null before the first. An estimate. */
  readonly remainingSeconds: number | null
}

/** What is known of a training before its first step. */
export interface TrainingHead {
  /** Identifies what was asked for: recipe, model, data. */
  readonly trainingId: string
  /** Its paths are absolute, and its loss is said where it was that of the family. */
  readonly recipe: TrainingRecipe
  readonly parentModelHash: string
  readonly trainingHash: string
  readonly developmentHash: string | null
  readonly trainedParameters: number
  readonly totalSteps: number
}

export type TrainingEvent =
  /** Everything was opened; `curve` is what an earlier run has done. */
  | { readonly kind: 'opened'; readonly head: TrainingHead; readonly curve: TrainingCurve }
  | {
      readonly kind: 'step'
      readonly record: TrainingStepRecord
      readonly pace: TrainingPace
      readonly totalSteps: number
    }
  | { readonly kind: 'development'; readonly record: DevelopmentRecord; readonly isBest: boolean }
  | { readonly kind: 'checkpoint'; readonly step: number }

/** The whole curve, from the first step on, whatever was interrupted in between. */
export interface TrainingCurve {
  readonly steps: readonly TrainingStepRecord[]
  readonly development: readonly DevelopmentRecord[]
}

/** Whether a record is better than the best so far, by the recipe's measure: a tie is not. */
export function isBetterDevelopment(
  record: DevelopmentRecord,
  best: DevelopmentRecord | undefined,
  select: SelectionMeasure
): boolean {
  if (best === undefined) return true
  return select === 'loss' ? record.loss < best.loss : record.wordErrors < best.wordErrors
}

/** The record whose weights are kept; undefined without any. */
export function bestDevelopment(
  records: readonly DevelopmentRecord[],
  select: SelectionMeasure
): DevelopmentRecord | undefined {
  return records.reduce<DevelopmentRecord | undefined>(
    (best, record) => (isBetterDevelopment(record, best, select) ? record : best),
    undefined
  )
}

export interface TrainingSummary {
  /** Identifies what was asked for: recipe, model, data. */
  readonly trainingId: string
  readonly ended: 'completed' | 'early-stopping'
  readonly curve: TrainingCurve
  /** The step whose weights the model has. */
  readonly chosenStep: number
  readonly trainedParameters: number
  /** Of this run, which may have resumed an earlier one. */
  readonly resumedFromStep: number
  readonly totalSeconds: number
  readonly runSeconds: number
}
