/**
 * The recipe: a saved study specification. What a user writes, shares and runs again.
 *
 * Paths are relative to the recipe file. Unknown keys are refused, so that a misspelt option is never ignored.
 */
import { z } from 'zod'

/** How a layer is factorised. */
export const lowRankMethods = ['weight-svd', 'whitened-svd', 'output-pca'] as const
export const lowRankMethodSchema = z.enum(lowRankMethods)
export type LowRankMethod = z.infer<typeof lowRankMethodSchema>

/** Number format of the linear layers' weights in the finished model. */
export const precisions = ['float32', 'int8'] as const
export const precisionSchema = z.enum(precisions)
export type Precision = z.infer<typeof precisionSchema>

/** Roles that a layer can have; the same words as in the inspector's table. */
export const layerRoles = ['q', 'k', 'v', 'out', 'fc1', 'fc2', 'pointwise', 'head', 'other'] as const
export const layerRoleSchema = z.enum(layerRoles)
export type LayerRole = z.infer<typeof layerRoleSchema>

const fractionSchema = z.number().gt(0).lte(1)

/** Rank policies that need nothing but a budget, so that a grid can compare them. */
export const gridRankPolicies = ['uniform', 'energy', 'water-filling', 'effective-rank'] as const
export type GridRankPolicy = (typeof gridRankPolicies)[number]

/** Trials for every combination of its members. */
export const gridSchema = z.strictObject({
  methods: z.array(lowRankMethodSchema).min(1),
  /** Targets for parameters kept ÷ parameters before, over the compressed linear layers. */
  retainedParameterFractions: z.array(fractionSchema).min(1),
  /** Who gets which rank. `uniform` is always run beside the others, which spend as many parameters as it does. */
  rankPolicies: z.array(z.enum(gridRankPolicies)).min(1).default(['uniform']),
  precisions: z.array(precisionSchema).min(1).default(['float32'])
})

/** Roles left dense unless a user says otherwise: the head decides every output, `other` lies outside the blocks. */
export const defaultExcludedRoles: LayerRole[] = ['head', 'other']

/** Diagonal loading of the second moment unless a user says otherwise. */
export const defaultDamping = 1e-8

/** Which linear layers are left as they are. */
export const layerSelectionSchema = z.strictObject({
  /** `other` is what lies outside the blocks, such as the transforms of a front end inside the graph. */
  excludeRoles: z.array(layerRoleSchema).default(defaultExcludedRoles),
  /** Layer ids as `lathe inspect` prints them. */
  exclude: z.array(z.string()).default([])
})

export const allocationSchema = z.strictObject({
  /** Ranks are rounded down to a multiple of this. */
  rankMultiple: z.int().min(1).default(1)
})

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
  seed: z.int().min(0).default(1)
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
  /** Manifest whose transcripts give the reported numbers. */
  evaluationSet: z.string().min(1),
  grids: z.array(gridSchema).default([]),
  layers: layerSelectionSchema.prefault({}),
  allocation: allocationSchema.prefault({}),
  /** Added to the second moment's diagonal, as a fraction of its mean. */
  damping: z.number().min(0).max(1).default(defaultDamping),
  evaluation: evaluationSettingsSchema.prefault({})
})
export type Recipe = z.infer<typeof recipeSchema>
