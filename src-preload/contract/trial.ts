/** One point of a study: what was made, what was measured, under which conditions. */
import { z } from 'zod'
import { gateVerdictSchema } from './gate'
import { planFileSchema, rankMapSchema, rankPolicies } from './rank-plan'
import {
  budgetScopeSchema,
  budgetUnitSchema,
  calibrationModes,
  layerRoleSchema,
  lowRankMethods,
  precisionSchema,
  recipeSchema
} from './recipe'

/** `quantize`: the whole model in another number format, without low rank. */
export const trialMethodSchema = z.enum(['baseline', 'quantize', ...lowRankMethods])
export type TrialMethod = z.infer<typeof trialMethodSchema>

/** `poisoned`: it has killed its engine process twice, and is skipped until a user asks to try it again. */
export const trialStateSchema = z.enum(['pending', 'running', 'completed', 'failed', 'poisoned', 'cancelled'])
export type TrialState = z.infer<typeof trialStateSchema>

export const wordErrorsSchema = z.object({
  substitutions: z.int().min(0),
  deletions: z.int().min(0),
  insertions: z.int().min(0),
  referenceWords: z.int().min(0)
})
export type WordErrors = z.infer<typeof wordErrorsSchema>

export const characterErrorsSchema = z.object({
  substitutions: z.int().min(0),
  deletions: z.int().min(0),
  insertions: z.int().min(0),
  referenceCharacters: z.int().min(0)
})
export type CharacterErrors = z.infer<typeof characterErrorsSchema>

/** Where a value lies with 95 % confidence, by bootstrap. */
export const intervalSchema = z.object({ lower: z.number(), upper: z.number() })
export type Interval = z.infer<typeof intervalSchema>

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

/** How close outputs are to the original's. */
export const paritySchema = z.object({
  /**
   * What was compared: on real audio the model with factors of full rank, or the finished model itself; where no audio was
   * given, each layer's factors of full rank with its weight, in float64, on random inputs.
   */
  comparison: z.enum(['full-rank', 'finished-model', 'layer-products']),
  /** 0 where no audio was heard. */
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
  /** What the plan was made by and what it promised; absent where no ranks are chosen. */
  planOrigin: planFileSchema.pick({ policy: true, budget: true, predicted: true }).optional(),
  parity: z.array(paritySchema),
  /** Threads of the products that made it; other numbers may differ in the last bits. Absent in records of an older Lathe. */
  buildThreads: z.int().optional()
})
export type BuiltModel = z.infer<typeof builtModelSchema>

export const conditionsSchema = z.object({
  runtime: z.string(),
  /** How the runtime ran the model: on what, and how much it was allowed to rewrite. Absent in records of an older Lathe. */
  execution: z.string().optional(),
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

/** Padded batches of recordings of like length, for throughput; errors are counted one recording at a time. */
export const throughputSchema = z.object({
  /** Audio seconds ÷ processing seconds. */
  realTimeSpeed: z.number(),
  /** The same recordings one at a time in the same process. */
  unbatchedRealTimeSpeed: z.number(),
  /** Largest sum of padded audio seconds in one batch. */
  batchAudioSeconds: z.number(),
  batches: z.int(),
  /** Padding ÷ all samples that were run. */
  paddingShare: z.number()
})
export type Throughput = z.infer<typeof throughputSchema>

/**
 * What an evaluation over one data set measured. Texts give word and character errors, labels give accuracies;
 * `qualityOf` reads either.
 */
export const measurementSchema = z.object({
  wordErrorRate: z.number().optional(),
  wordErrors: wordErrorsSchema.optional(),
  wordErrorRateInterval: intervalSchema.optional(),
  characterErrorRate: z.number().optional(),
  characterErrors: characterErrorsSchema.optional(),
  characterErrorRateInterval: intervalSchema.optional(),
  /** Share of recordings whose label was found, and how many. */
  accuracy: z.number().optional(),
  correct: z.int().optional(),
  accuracyInterval: intervalSchema.optional(),
  /** Share of recordings whose label is among the k best, by k. */
  topAccuracies: z.record(z.string(), z.number()).optional(),
  /** Per utterance: features, network and decoding together. `firstRun`: the first one, before any warm-up. */
  latencyMilliseconds: z.object({ p50: z.number(), p95: z.number(), mean: z.number(), firstRun: z.number() }),
  /** Processing seconds ÷ audio seconds. */
  realTimeFactor: z.number(),
  throughput: throughputSchema.optional(),
  /** Why throughput was asked for and could not be measured, as a sentence. */
  throughputObstacle: z.string().optional(),
  loadMilliseconds: z.number(),
  /** Highest resident memory of a process that did nothing but this evaluation. */
  peakResidentBytes: z.int(),
  utterances: z.int(),
  /** Speakers named by the data set; 0 when it names none. */
  speakers: z.int(),
  audioSeconds: z.number(),
  /** Utterances per failure flag. */
  failures: z.record(z.string(), z.int()),
  /** Recordings that could not be read and were left out, as the recipe allows. */
  unreadable: z.array(z.object({ utteranceId: z.string(), reason: z.string() })),
  /** Recordings of the data set, when the evaluation stopped before the last because its gates were decided. */
  stoppedBefore: z.int().optional(),
  conditions: conditionsSchema
})
export type Measurement = z.infer<typeof measurementSchema>

/**
 * How much faster a tier is than a reference, both measured at the same time: turn by turn on the same recordings, in one
 * process. Figures that were measured minutes apart also hold what the machine did besides.
 */
export const pairedLatencySchema = z.object({
  reference: z.enum(['baseline', 'int8']),
  /** Hash of the model that it was held against. */
  referenceHash: z.string(),
  /** p50 of the reference ÷ p50 of the tier in a round; the median over the rounds. */
  speedup: z.number(),
  /** Where that median lies with at least 95 % confidence. */
  interval: intervalSchema,
  rounds: z.int(),
  /** Recordings of a round; each is heard by both. */
  utterances: z.int(),
  /** p50 over all rounds. */
  tierMilliseconds: z.number(),
  referenceMilliseconds: z.number(),
  conditions: conditionsSchema
})
export type PairedLatency = z.infer<typeof pairedLatencySchema>

/** What a completed trial keeps in the workspace. */
export const trialOutcomeSchema = z.object({
  built: builtModelSchema,
  measurement: measurementSchema,
  /** The same on the development set, where the recipe names one. */
  development: measurementSchema.optional(),
  /** One per reference, where a gate on speed or a user asked for it. */
  pairedLatencies: z.array(pairedLatencySchema).optional()
})
export type TrialOutcome = z.infer<typeof trialOutcomeSchema>

/** One utterance of an evaluation, with the text as the model gave it. */
export const utteranceRecordSchema = z.object({
  utteranceId: z.string(),
  reference: z.string(),
  hypothesis: z.string(),
  speaker: z.string().optional(),
  /** For texts. */
  wordErrors: wordErrorsSchema.optional(),
  characterErrors: characterErrorsSchema.optional(),
  /** For labels: place of the right one among the model's, the best is 1. Null when it is not among the best ten. */
  labelRank: z.int().min(1).nullable().optional(),
  audioSeconds: z.number(),
  processingMilliseconds: z.number(),
  failures: z.array(z.string())
})
export type UtteranceRecord = z.infer<typeof utteranceRecordSchema>

/** Why a trial failed or stopped. */
export const trialErrorSchema = z.object({ code: z.string(), message: z.string() })

/** Error rate of a tier − error rate of another over the same recordings, paired. */
export const rateDifferenceSchema = z.object({
  difference: z.number(),
  lower: z.number(),
  upper: z.number()
})
export type RateDifferenceReport = z.infer<typeof rateDifferenceSchema>

/** A trial as `lathe study run --json` prints it and every view shows it. Measured members are there once completed. */
export const trialReportSchema = z.object({
  trialId: z.string(),
  name: z.string(),
  method: trialMethodSchema,
  precision: precisionSchema,
  state: trialStateSchema,
  /** Null where no ranks are chosen. */
  rankPolicy: z.enum(rankPolicies).nullable(),
  /** What was to be kept, in this unit and scope; null where no target was given. */
  targetRetainedFraction: z.number().nullable(),
  budgetUnit: budgetUnitSchema.nullable(),
  budgetScope: budgetScopeSchema.nullable(),
  calibration: z.enum(calibrationModes).nullable(),
  refit: z.boolean(),
  /** True when the result was there already and nothing was computed. */
  reused: z.boolean(),
  /** A tier counts as better than plain int8 when int8 is not at least as good in error rate, bytes and latency. */
  dominatedByInt8: z.boolean().optional(),
  ...builtModelSchema.partial().shape,
  ...measurementSchema.partial().shape,
  development: measurementSchema.optional(),
  pairedLatencies: z.array(pairedLatencySchema).optional(),
  /** Error rate minus that of the baseline and of plain int8, once both are measured. */
  versusBaseline: rateDifferenceSchema.optional(),
  versusInt8: rateDifferenceSchema.optional(),
  /** One verdict per gate of the recipe. */
  gates: z.array(gateVerdictSchema).optional(),
  error: trialErrorSchema.optional()
})
export type TrialReport = z.infer<typeof trialReportSchema>

export const studyReportSchema = z.object({
  study: z.object({
    studyId: z.string(),
    name: z.string(),
    modelHash: z.string(),
    calibrationHash: z.string(),
    evaluationHash: z.string(),
    developmentHash: z.string().nullable(),
    /** Where gates are decided. `evaluation` flatters the tier that passes: it was chosen on the reported numbers. */
    selectedOn: z.enum(['development', 'evaluation'])
  }),
  trials: z.array(trialReportSchema)
})
export type StudyReport = z.infer<typeof studyReportSchema>

/** What a study keeps beside its trials: the recipe with its defaults, and what it was run on. */
export const studyOriginSchema = z.object({
  recipe: recipeSchema,
  /** Absolute path of the model when the study was last run. */
  modelPath: z.string(),
  /** Absolute paths of the data sets when the study was last run; null in studies of an older Lathe. */
  calibrationPath: z.string().nullable().default(null),
  evaluationPath: z.string().nullable().default(null),
  modelHash: z.string(),
  calibrationHash: z.string(),
  evaluationHash: z.string(),
  developmentHash: z.string().nullable().default(null),
  /** Rank map of each plan file that the recipe names, by the path as written. */
  rankMaps: z.record(z.string(), rankMapSchema).default({}),
  /** The tile that the machine's probe found when the recipe asks for it. */
  measuredRankMultiple: z.int().min(1).default(1)
})
