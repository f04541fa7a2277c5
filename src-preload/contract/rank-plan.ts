/**
 * Who gets which rank, as data: the policies by name, what they read from files, and a finished plan as a file.
 *
 * Unknown keys are refused, so that a misspelt member is never ignored.
 */
import { z } from 'zod'
import { rankMapSchema, type RankMap } from './rank-map'
import { budgetUnitSchema, layerRoleSchema, precisionSchema } from './recipe'

/** How the ranks of all layers are chosen. */
export const rankPolicies = [
  'uniform',
  'energy',
  'water-filling',
  'effective-rank',
  'sensitivity',
  'manual'
] as const
export const rankPolicySchema = z.enum(rankPolicies)
export type RankPolicyName = z.infer<typeof rankPolicySchema>

export const budgetSchema = z.strictObject({
  unit: budgetUnitSchema,
  /** The most that the layers and the remainder may cost together. */
  limit: z.number().gt(0),
  /** Cost of what no rank changes: 0 for a budget over the layers alone, the rest of the model otherwise. */
  remainder: z.number().min(0).default(0)
})
export type Budget = z.infer<typeof budgetSchema>

const thresholdSchema = z.number().min(0).max(1)

/** Kept ÷ whole energy of a layer's spectrum that its rank must exceed. At 1 a layer stays dense. */
export const energyThresholdsSchema = z.strictObject({
  byRole: z.partialRecord(layerRoleSchema, thresholdSchema).default({}),
  /** For roles that are not in `byRole`. */
  otherwise: thresholdSchema
})
export type EnergyThresholds = z.infer<typeof energyThresholdsSchema>

export { rankMapSchema, type RankMap }

/**
 * What cutting one layer alone did to the whole model, measured at some ranks. The dense model has damage 0.
 */
export const sensitivityTableSchema = z.strictObject({
  sensitivityTableVersion: z.literal(1),
  /** What `damage` is; one table holds one measure. */
  measure: z.enum(['kl-divergence', 'word-error-rate-increase', 'output-mean-squared-error']),
  layers: z.array(
    z.strictObject({
      layerId: z.string(),
      points: z.array(z.strictObject({ rank: z.int().min(1), damage: z.number() })).min(1)
    })
  )
})
export type SensitivityTable = z.infer<typeof sensitivityTableSchema>

/** Times of layers and of pairs of factors, measured on one machine; a condition of every latency predicted from it. */
export const latencyTableSchema = z.strictObject({
  latencyTableVersion: z.literal(1),
  conditions: z.strictObject({
    processor: z.string(),
    runtime: z.string(),
    threads: z.int().min(1),
    precision: precisionSchema
  }),
  /** Between measured ranks: the time of the next measured rank (`step`, kernels pad to a tile), or a straight line. */
  interpolation: z.enum(['step', 'linear']),
  shapes: z.array(
    z.strictObject({
      inFeatures: z.int().min(1),
      outFeatures: z.int().min(1),
      /** Input rows of one product: frames of the timed input. */
      rows: z.int().min(1),
      /** x · W */
      denseMilliseconds: z.number().gt(0),
      /** (x · down) · up, ranks ascending. */
      points: z.array(z.strictObject({ rank: z.int().min(1), milliseconds: z.number().gt(0) })).min(1)
    })
  )
})
export type LatencyTable = z.infer<typeof latencyTableSchema>

/** What a probe of this machine found. */
export const machineProbeSchema = z.strictObject({
  table: latencyTableSchema,
  /** The tile: ranks between two multiples of it save no time. 1 when no staircase was seen. */
  rankMultiple: z.int().min(1)
})

/** A compression plan as a file. */
export const planFileSchema = z.strictObject({
  planVersion: z.literal(1),
  /** SHA-256 of the model that the plan was made for. */
  modelHash: z.string().min(1),
  policy: z.strictObject({ name: rankPolicySchema, version: z.int().min(1) }),
  /** Null when the policy was not given one. */
  budget: budgetSchema.nullable(),
  /** Predicted, not measured; null when nothing was predicted. */
  predicted: z
    .strictObject({
      unit: budgetUnitSchema,
      /** Of the planned layers; the budget's remainder is not in it. */
      cost: z.number().min(0),
      denseCost: z.number().min(0),
      /** Sum over layers of discarded ÷ whole output energy. */
      relativeError: z.number().min(0)
    })
    .nullable(),
  layers: z.array(
    z.strictObject({
      layerId: z.string(),
      inFeatures: z.int().min(1),
      outFeatures: z.int().min(1),
      /** Null: the layer stays dense. */
      rank: z.int().min(1).nullable()
    })
  )
})
export type PlanFile = z.infer<typeof planFileSchema>

/** The ranks of a plan file alone. */
export function rankMapOf({ layers }: Pick<PlanFile, 'layers'>): RankMap {
  return Object.fromEntries(layers.map(({ layerId, rank }) => [layerId, rank ?? 'dense']))
}
