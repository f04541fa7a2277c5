/** One point of a study: what was made, what was measured, under which conditions. */
import { z } from 'zod'
import { lowRankMethods, gridRankPolicies, layerRoleSchema, precisionSchema, recipeSchema } from './recipe'

export const trialMethodSchema = z.enum(['baseline', 'int8-dynamic', ...lowRankMethods])
export type TrialMethod = z.infer<typeof trialMethodSchema>

export const trialStateSchema = z.enum(['pending', 'running', 'completed', 'failed', 'cancelled'])
export type TrialState = z.infer<typeof trialStateSchema>

export const wordErrorsSchema = z.object({
  substitutions: z.int().min(0),
  deletions: z.int().min(0),
  insertions: z.int().min(0),
  referenceWords: z.int().min(0)
})
export type WordErrors = z.infer<typeof wordErrorsSchema>

/** What was decided for one layer. `rank` null: it stays dense. */
export const layerDecisionSchema = z.object({
  layerId: z.string(),
  role: layerRoleSchema,
  blockIndex: z.int().nullable(),
  inFeatures: z.int(),
  outFeatures: z.int(),
  rank: z.int().nullable()
})
export type LayerDecision = z.infer<typeof layerDecisionSchema>

/** How close a model's outputs are to the original's on real audio. */
export const paritySchema = z.object({
  /** What was compared: the method at full rank, or the finished model itself. */
  comparison: z.enum(['full-rank', 'finished-model']),
  utterances: z.int(),
  maxAbsoluteError: z.number(),
  /** Largest difference ÷ largest magnitude of the original's outputs. */
  maxRelativeError: z.number(),
  cosineSimilarity: z.number(),
  /** Largest relative error allowed; null when it is only reported. */
  tolerance: z.number().nullable()
})
export type Parity = z.infer<typeof paritySchema>

/** The finished model of a trial. */
export const builtModelSchema = z.object({
  modelHash: z.string(),
  /** Kept ÷ original parameters over the compressed linear layers' weights. */
  retainedParameterFraction: z.number(),
  parameterCount: z.int(),
  sizeBytes: z.int(),
  /** Multiply-accumulates of the network per second of audio, at `macsReferenceSeconds` of input. */
  macsPerAudioSecond: z.number().nullable(),
  macsReferenceSeconds: z.number(),
  plan: z.array(layerDecisionSchema),
  parity: z.array(paritySchema)
})
export type BuiltModel = z.infer<typeof builtModelSchema>

export const conditionsSchema = z.object({
  runtime: z.string(),
  platform: z.string(),
  processor: z.string(),
  node: z.string(),
  lathe: z.string(),
  threads: z.int(),
  warmupUtterances: z.int(),
  normalizer: z.string(),
  /** Rates that were resampled, and by what; null when all audio had the model's rate. */
  resampling: z.string().nullable().default(null)
})
export type Conditions = z.infer<typeof conditionsSchema>

/** What an evaluation over one data set measured. */
export const measurementSchema = z.object({
  wordErrorRate: z.number(),
  wordErrors: wordErrorsSchema,
  /** 95 % bootstrap interval of the rate, over utterances. */
  wordErrorRateInterval: z.object({ lower: z.number(), upper: z.number() }),
  /** Per utterance: features, network and decoding together. `firstRun`: the first one, before any warm-up. */
  latencyMilliseconds: z.object({ p50: z.number(), p95: z.number(), mean: z.number(), firstRun: z.number() }),
  /** Processing seconds ÷ audio seconds. */
  realTimeFactor: z.number(),
  loadMilliseconds: z.number(),
  /** Highest resident memory of a process that did nothing but this evaluation. */
  peakResidentBytes: z.int(),
  utterances: z.int(),
  audioSeconds: z.number(),
  /** Utterances per failure flag. */
  failures: z.record(z.string(), z.int()),
  conditions: conditionsSchema
})
export type Measurement = z.infer<typeof measurementSchema>

/** What a completed trial keeps in the workspace. */
export const trialOutcomeSchema = z.object({ built: builtModelSchema, measurement: measurementSchema })
export type TrialOutcome = z.infer<typeof trialOutcomeSchema>

/** One utterance of an evaluation, with the text as the model gave it. */
export const utteranceRecordSchema = z.object({
  utteranceId: z.string(),
  reference: z.string(),
  hypothesis: z.string(),
  wordErrors: wordErrorsSchema,
  audioSeconds: z.number(),
  processingMilliseconds: z.number(),
  failures: z.array(z.string())
})
export type UtteranceRecord = z.infer<typeof utteranceRecordSchema>

/** Why a trial failed or stopped. */
export const trialErrorSchema = z.object({ code: z.string(), message: z.string() })

/** A trial as `lathe study run --json` prints it and every view shows it. Measured members are there once completed. */
export const trialReportSchema = z.object({
  trialId: z.string(),
  name: z.string(),
  method: trialMethodSchema,
  precision: precisionSchema,
  state: trialStateSchema,
  /** Null where no ranks are chosen. */
  rankPolicy: z.enum(gridRankPolicies).nullable(),
  targetRetainedParameterFraction: z.number(),
  /** True when the result was there already and nothing was computed. */
  reused: z.boolean(),
  /** A tier counts as better than plain int8 when int8 is not at least as good in error rate, bytes and latency. */
  dominatedByInt8: z.boolean().optional(),
  ...builtModelSchema.partial().shape,
  ...measurementSchema.partial().shape,
  error: trialErrorSchema.optional()
})
export type TrialReport = z.infer<typeof trialReportSchema>

export const studyReportSchema = z.object({
  study: z.object({
    studyId: z.string(),
    name: z.string(),
    modelHash: z.string(),
    calibrationHash: z.string(),
    evaluationHash: z.string()
  }),
  trials: z.array(trialReportSchema)
})
export type StudyReport = z.infer<typeof studyReportSchema>

/** What a study keeps beside its trials: the recipe with its defaults, and what it was run on. */
export const studyOriginSchema = z.object({
  recipe: recipeSchema,
  /** Absolute path of the model when the study was last run. */
  modelPath: z.string(),
  modelHash: z.string(),
  calibrationHash: z.string(),
  evaluationHash: z.string()
})
