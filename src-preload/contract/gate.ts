/** A gate: what a tier must reach to be of use, as a bound on one figure. */
import { z } from 'zod'

/**
 * What a gate bounds. Rates are fractions: 0.005 is half a percentage point.
 *
 * - `error-rate`           error rate of the tier.
 * - `error-rate-increase`  error rate − that of the reference, over the same recordings.
 * - `speedup`              p50 latency of the reference ÷ that of the tier, measured turn by turn.
 * - `real-time-factor`     processing seconds ÷ audio seconds.
 * - `size-bytes`, `peak-memory-bytes`  of the tier.
 * - `size-ratio`           bytes of the tier ÷ bytes of the reference.
 */
export const gateMetrics = [
  'error-rate',
  'error-rate-increase',
  'speedup',
  'real-time-factor',
  'size-bytes',
  'size-ratio',
  'peak-memory-bytes'
] as const
export const gateMetricSchema = z.enum(gateMetrics)
export type GateMetric = z.infer<typeof gateMetricSchema>

export const gateSchema = z
  .strictObject({
    metric: gateMetricSchema,
    atMost: z.number().optional(),
    atLeast: z.number().optional(),
    /** What increases and ratios are taken against. */
    reference: z.enum(['baseline', 'int8']).default('baseline')
  })
  .refine(({ atMost, atLeast }) => (atMost === undefined) !== (atLeast === undefined), {
    message: 'a gate needs either atMost or atLeast'
  })
export type Gate = z.infer<typeof gateSchema>

/** Gates by the name of a preset. */
export const gatePresets = ['olive-streaming'] as const
export const gatePresetSchema = z.strictObject({ preset: z.enum(gatePresets) })

export const gatesSchema = z.array(z.union([gateSchema, gatePresetSchema]))
/** Gates and names of presets, as a recipe lists them. */
export type RecipeGates = z.infer<typeof gatesSchema>
export type GatePreset = (typeof gatePresets)[number]

/** What a gate says of a tier. `undecided`: the interval holds values on both sides of the bound. */
export const gateVerdictSchema = z.object({
  gate: gateSchema,
  /** The bounded figure; null when it was not measured. */
  value: z.number().nullable(),
  interval: z.object({ lower: z.number(), upper: z.number() }).nullable(),
  verdict: z.enum(['passed', 'failed', 'undecided'])
})
export type GateVerdict = z.infer<typeof gateVerdictSchema>
