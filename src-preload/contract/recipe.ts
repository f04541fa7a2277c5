/**
 * The recipe: a saved study specification. What a user writes, shares and runs again.
 *
 * Paths are relative to the recipe file. Unknown keys are refused, so that a misspelt option is never ignored.
 */
import { z } from 'zod'
import { gatesSchema } from './gate'
import { rankMapSchema } from './rank-map'

/** How a layer is factorised. */
export const lowRankMethods = ['weight-svd', 'asvd', 'whitened-svd', 'output-pca'] as const
export const lowRankMethodSchema = z.enum(lowRankMethods)
export type LowRankMethod = z.infer<typeof lowRankMethodSchema>

/**
 * Number format of the weights in the finished model. `int8`: dynamic int8, which also computes in integers;
 * `int8-convolutions`: the same for convolutions over time too. The other small formats are for storage, and computed in
 * float32.
 */
export const precisions = [
  'float32',
  'float16',
  'int8',
  'int8-convolutions',
  'int8-weights',
  'int4-weights'
] as const
export const precisionSchema = z.enum(precisions)
export type Precision = z.infer<typeof precisionSchema>

/** The formats that change a model. */
export type ReducedPrecision = Exclude<Precision, 'float32'>

/** Roles that a layer can have; the same words as in the inspector's table. */
export const layerRoles = [
  'q',
  'k',
  'v',
  'out',
  'fc1',
  'fc2',
  'pointwise',
  'conv',
  'embedding',
  'head',
  'other'
] as const
export const layerRoleSchema = z.enum(layerRoles)
export type LayerRole = z.infer<typeof layerRoleSchema>

const fractionSchema = z.number().gt(0).lte(1)

/** Rank policies that need no more than a budget and what Lathe can measure by itself, so that a grid can compare them. */
export const gridRankPolicies = [
  'uniform',
  'energy',
  'water-filling',
  'effective-rank',
  'sensitivity'
] as const
export type GridRankPolicy = (typeof gridRankPolicies)[number]

/** What the statistics are taken from: the uncompressed model, or the model as compressed up to the layer in hand. */
export const calibrationModes = ['original', 'sequential'] as const
export type CalibrationMode = (typeof calibrationModes)[number]

/** What a budget counts. `milliseconds`: latency of one run, predicted from times measured on this machine. */
export const budgetUnits = ['parameters', 'bytes', 'macs', 'milliseconds'] as const
export const budgetUnitSchema = z.enum(budgetUnits)
export type BudgetUnit = z.infer<typeof budgetUnitSchema>

/** Over what a retained fraction is meant: the compressed linear layers, or the whole model. */
export const budgetScopes = ['layers', 'model'] as const
export const budgetScopeSchema = z.enum(budgetScopes)
export type BudgetScope = z.infer<typeof budgetScopeSchema>

const factorSettings = {
  /** Whether the up factor and the bias are fitted again, in closed form, once the rank is known. */
  refit: z.boolean().default(false),
  calibration: z.enum(calibrationModes).default('original')
}

/** Trials for every combination of its members. */
export const gridSchema = z.strictObject({
  methods: z.array(lowRankMethodSchema).min(1),
  /** Targets for what is kept ÷ what was there before, in the budget's unit and scope. */
  retainedFractions: z.array(fractionSchema).min(1),
  budgetUnit: budgetUnitSchema.default('parameters'),
  budgetScope: budgetScopeSchema.default('layers'),
  /** Who gets which rank. `uniform` is always run beside the others, which spend as much as it does. */
  rankPolicies: z.array(z.enum(gridRankPolicies)).min(1).default(['uniform']),
  precisions: z.array(precisionSchema).min(1).default(['float32']),
  ...factorSettings
})

/** A trial with ranks by hand: from a plan file, or written into the recipe. */
export const plannedTrialSchema = z
  .strictObject({
    name: z.string().min(1).max(200),
    method: lowRankMethodSchema,
    /** Plan file, relative to the recipe. */
    plan: z.string().min(1).optional(),
    /** The ranks themselves, in place of a file. */
    ranks: rankMapSchema.optional(),
    precisions: z.array(precisionSchema).min(1).default(['float32']),
    ...factorSettings
  })
  .refine(({ plan, ranks }) => (plan === undefined) !== (ranks === undefined), {
    message: 'a planned trial needs either plan, a file, or ranks'
  })

/** Roles left dense unless a user says otherwise: the head decides every output, the others lie outside the blocks. */
export const defaultExcludedRoles: LayerRole[] = ['conv', 'embedding', 'head', 'other']

/** Diagonal loading of the second moment unless a user says otherwise. */
export const defaultDamping = 1e-8

/** Which linear layers are compressed. Patterns are layer ids as `lathe inspect` prints them; `*` stands for any text. */
export const layerSelectionSchema = z.strictObject({
  /** `other` is what lies outside the blocks, such as the transforms of a front end inside the graph. */
  excludeRoles: z.array(layerRoleSchema).default(defaultExcludedRoles),
  /** Only layers that fit one of these; empty: all. */
  include: z.array(z.string()).default([]),
  exclude: z.array(z.string()).default([])
})
export type LayerSelection = z.infer<typeof layerSelectionSchema>

export const allocationSchema = z.strictObject({
  /** Ranks are rounded down to a multiple of this; `measured`: to the tile that a probe of this machine finds. */
  rankMultiple: z.union([z.int().min(1), z.literal('measured')]).default(1),
  /** No layer gets a smaller rank; rounded up to the multiple. */
  minimumRank: z.int().min(1).default(1)
})
export type AllocationSettings = z.infer<typeof allocationSchema>

/** Text normalizers, by the names that records keep. */
export const normalizerNames = ['none', 'basic', 'whisper-english'] as const

export const evaluationSettingsSchema = z.strictObject({
  /** Threads inside one operator; a condition of every latency figure. */
  threads: z.int().min(1).max(256).default(1),
  /** Utterances run once before timing starts. */
  warmupUtterances: z.int().min(0).default(3),
  /** Text normalizer by name, applied to reference and hypothesis before words are counted. `none` only collapses white space. */
  normalizer: z.enum(normalizerNames).default('none'),
  /** Whether audio at another sample rate is resampled to the model's; otherwise it is refused. */
  resample: z.boolean().default(false),
  /** Seed of the bootstrap that gives the confidence interval. */
  seed: z.int().min(0).default(1),
  /** What the bootstrap draws. `speaker`: where recordings of one speaker err alike; needs speakers in the data set. */
  bootstrapUnit: z.enum(['utterance', 'speaker']).default('utterance'),
  /** Whether recordings that cannot be read are left out, named and counted; otherwise the first one stops the trial. */
  skipUnreadable: z.boolean().default(false),
  /** Whether throughput is measured too: padded batches of recordings of like length. */
  throughput: z.boolean().default(false),
  /** Whether a trial ends as soon as the recipe's gates on error rates are decided, before all recordings are run. */
  stopWhenDecided: z.boolean().default(false)
})
export type EvaluationSettings = z.infer<typeof evaluationSettingsSchema>

export const recipeSchema = z.strictObject({
  $schema: z.string().optional(),
  recipeVersion: z.literal(1),
  name: z.string().min(1).max(200),
  description: z.string().optional(),
  /** Folder of the model. */
  model: z.string().min(1),
  /** Manifest whose audio gives the statistics; never scored. */
  calibrationSet: z.string().min(1),
  /** Manifest on which decisions are made, such as whether a gate is passed; its numbers are kept beside the reported ones. */
  developmentSet: z.string().min(1).optional(),
  /** Manifest whose transcripts give the reported numbers. */
  evaluationSet: z.string().min(1),
  grids: z.array(gridSchema).default([]),
  plans: z.array(plannedTrialSchema).default([]),
  /** The whole model in these formats, without low rank. Dynamic int8 is always run: it is the yardstick. */
  precisions: z.array(precisionSchema.exclude(['float32'])).default([]),
  /** Whether every tier but the baseline has its self-attention in one operator of ONNX Runtime, where it is understood. */
  fuseAttention: z.boolean().default(false),
  layers: layerSelectionSchema.prefault({}),
  allocation: allocationSchema.prefault({}),
  /** Added to the second moment's diagonal, as a fraction of its mean. */
  damping: z.number().min(0).max(1).default(defaultDamping),
  evaluation: evaluationSettingsSchema.prefault({}),
  /** What a tier must reach. `lathe study run` ends with code 3 when no tier passes them all. */
  gates: gatesSchema.default([])
})
export type Recipe = z.infer<typeof recipeSchema>
