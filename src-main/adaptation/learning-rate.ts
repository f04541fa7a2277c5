import type { LearningRateSchedule } from '@contract/training'
import { assertNever } from '../base/assert-never'

/**
 * The learning rate of a step. With p the share of the way from the end of the warm-up to the last step, f the final
 * fraction, and full rate r:
 *   warm-up r·step / warmupSteps,  constant r,  linear r·(1 − (1 − f)·p),
 *   cosine r·(f + (1 − f)·(1 + cos πp) / 2),  exponential r·f^p.
 *
 * - `step` from 1 to `totalSteps`.
 *
 * Source: Loshchilov and Hutter, SGDR (2017), equation 5, for the cosine; the others are their own definition.
 */
export function learningRateAt(
  { kind, warmupSteps, finalFraction }: LearningRateSchedule,
  full: number,
  { step, totalSteps }: { readonly step: number; readonly totalSteps: number }
): number {
  if (step <= warmupSteps) return (full * step) / warmupSteps
  // The first step after the warm-up has the full rate, the last one the final.
  const way = Math.max(1, totalSteps - warmupSteps - 1)
  const p = Math.min(1, (step - warmupSteps - 1) / way)
  switch (kind) {
    case 'constant':
      return full
    case 'linear':
      return full * (1 - (1 - finalFraction) * p)
    case 'cosine':
      return full * (finalFraction + ((1 - finalFraction) * (1 + Math.cos(Math.PI * p))) / 2)
    case 'exponential':
      return full * finalFraction ** p
    default:
      return assertNever(kind)
  }
}
