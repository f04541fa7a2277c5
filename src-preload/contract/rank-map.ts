/** Ranks by hand: in plan files, in recipes, and on their way to a preview. */
import { z } from 'zod'

/** Layer id to rank, or `dense` to leave the layer as it is. Layers that it does not name stay dense. */
export const rankMapSchema = z.record(z.string(), z.union([z.int().min(1), z.literal('dense')]))
export type RankMap = z.infer<typeof rankMapSchema>
