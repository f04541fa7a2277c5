/** Looking inside one model: what is asked about it and about single layers, and the answers. */
import { z } from 'zod'
import type { Quality } from './quality'
import { rankMapSchema } from './rank-plan'
import type { RateDifferenceReport } from './trial'
import {
  budgetScopeSchema,
  budgetUnitSchema,
  gridRankPolicies,
  layerSelectionSchema,
  lowRankMethodSchema,
  normalizerNames,
  precisionSchema
} from './recipe'

const pathSchema = z.string().min(1).max(4096)

/** A model, and the recordings on which it is watched. */
export const inspectedModelSchema = z.strictObject({
  modelPath: pathSchema,
  /** Null: only what the weights alone tell. */
  calibrationPath: pathSchema.nullable(),
  /** Which layers could be compressed. */
  selection: layerSelectionSchema.prefault({})
})
export type InspectedModel = z.output<typeof inspectedModelSchema>

export const inspectedLayerSchema = inspectedModelSchema.extend({
  /** As in the table of layers. */
  layerId: z.string().min(1).max(2000)
})
export type InspectedLayer = z.output<typeof inspectedLayerSchema>

/** A model whose layers are timed on this machine, with the threads that plans reckon with. */
export const timedModelSchema = z.strictObject({
  modelPath: pathSchema,
  threads: z.int().min(1).max(1024).default(1),
  /** Measured even when times are remembered, in place of those: they may have been taken under load. */
  again: z.boolean().default(false)
})
export type TimedModelRequest = z.output<typeof timedModelSchema>

/** How the ranks of a plan are chosen: by a policy within a budget, or by hand. */
export const rankChoiceSchema = z.union([
  z.strictObject({
    policy: z.enum(gridRankPolicies),
    /** Kept ÷ before, in the unit and over the scope. */
    retainedFraction: z.number().gt(0).lte(1),
    budgetUnit: budgetUnitSchema.default('parameters'),
    budgetScope: budgetScopeSchema.default('layers'),
    rankMultiple: z.int().min(1).default(1),
    minimumRank: z.int().min(1).default(1)
  }),
  z.strictObject({ policy: z.literal('manual'), rankMap: rankMapSchema })
])

export const planPreviewSchema = inspectedModelSchema.extend({
  method: lowRankMethodSchema,
  ranks: rankChoiceSchema,
  precision: precisionSchema.default('float32')
})
export type PlanPreviewRequest = z.output<typeof planPreviewSchema>

/** A plan that is really made, and heard on a few recordings. */
export const planMeasurementSchema = planPreviewSchema.extend({
  evaluationPath: pathSchema,
  /** Recordings that are drawn from the set at random. */
  utterances: z.int().min(1).max(500).default(40),
  normalizer: z.enum(normalizerNames).default('none')
})
export type PlanMeasurementRequest = z.output<typeof planMeasurementSchema>

/** What a model did on a few recordings. */
export interface SampledFigures {
  readonly quality: Quality
  readonly sizeBytes: number
  /** Median time of one recording. */
  readonly p50Milliseconds: number
}

/** An estimate: the plan and the model that it was made from, on the same recordings. */
export interface PlanMeasurement {
  /** Recordings that were heard. */
  readonly utterances: number
  readonly plan: SampledFigures
  readonly baseline: SampledFigures
  /** Error rate of the plan − that of the model, paired by recording; null when none was heard by both. */
  readonly difference: RateDifferenceReport | null
}

/** How values are spread, in bins of equal width. */
export interface Histogram {
  /** Left edge of the first bin and right edge of the last. */
  readonly from: number
  readonly to: number
  readonly counts: readonly number[]
}

/** Least, middle and largest of a quantity over the features of a layer. */
export interface Spread {
  readonly least: number
  readonly median: number
  readonly largest: number
}

/** The weight W [in, out] of one layer in numbers. */
export interface WeightStatistics {
  readonly layerId: string
  readonly count: number
  readonly minimum: number
  readonly maximum: number
  readonly mean: number
  readonly standardDeviation: number
  /** Share of values with |w| below a hundredth of the root mean square. */
  readonly nearZeroShare: number
  /** Root mean square of each output's weights [out]. */
  readonly channels: Spread
  /** Largest |w| of an output ÷ that of the median output: what a common int8 scale would have to span. */
  readonly largestChannelRatio: number
  readonly histogram: Histogram
  /** What reached the layer over the calibration set; null without one, and where it was not measured. */
  readonly inputs: {
    readonly rows: number
    /** Mean of each input feature [in]. */
    readonly means: Spread
    /** Root mean square of each input feature [in]. */
    readonly rootMeanSquares: Spread
  } | null
}

/** Singular values of one head, each list descending and of at most the head's size. */
export interface HeadSpectra {
  /** Of the product. */
  readonly product: readonly number[]
  /** Of this head's part of the first matrix. */
  readonly first: readonly number[]
  /** Of this head's part of the second matrix. */
  readonly second: readonly number[]
}

/** Two matrices of an attention that only their product counts of, head by head. */
export interface TwinPair {
  /** W_q · W_kᵀ, or W_v · W_o. */
  readonly kind: 'query-key' | 'value-output'
  readonly layerIds: readonly [string, string]
  readonly heads: readonly HeadSpectra[]
}

/** The products in one attention, or why they cannot be told. */
export type TwinSpectra =
  | {
      readonly isKnown: true
      readonly headCount: number
      readonly headFeatures: number
      readonly pairs: readonly TwinPair[]
    }
  | { readonly isKnown: false; readonly reason: string }
