/** What one layer takes of a run, from times of its shape that were measured on this machine: an estimate. */
import type { LayerDescription } from '@contract/model'
import type { PlannedLayerReport } from '@contract/model-plan'
import type { LatencyTable } from '@contract/rank-plan'
import { rankMilliseconds } from '@contract/rank-time'

/** Milliseconds of one layer's product in one run on the reference length of audio. */
export interface LayerTimes {
  /** x · W */
  readonly dense: number
  /** (x · down) · up */
  ofRank(rank: number): number
}

type Timed = Pick<LayerDescription, 'inFeatures' | 'outFeatures' | 'macsPerAudioSecond'>

/**
 * The times of a layer; undefined where its shape was not timed.
 *
 * - `referenceSeconds`  audio of the run whose operations were counted: rows = MACs ÷ (in · out).
 */
export function layerTimes(
  { inFeatures, outFeatures, macsPerAudioSecond }: Timed,
  referenceSeconds: number,
  { shapes, interpolation }: LatencyTable
): LayerTimes | undefined {
  // Rounded, since operations come per second: the product with the seconds need not be whole to the last digit.
  const rows = Math.round(((macsPerAudioSecond ?? 0) * referenceSeconds) / (inFeatures * outFeatures))
  const shape = shapes.find(
    (each) => each.inFeatures === inFeatures && each.outFeatures === outFeatures && each.rows === rows
  )
  if (shape === undefined) return undefined
  return {
    dense: shape.denseMilliseconds,
    ofRank: (rank) => rankMilliseconds(shape, rank, interpolation)
  }
}

/** Milliseconds of a layer as the plan leaves it; undefined where there is no plan for it or no time. */
export function plannedMilliseconds({
  times,
  planned
}: {
  readonly times: LayerTimes | undefined
  readonly planned: Pick<PlannedLayerReport, 'rank'> | undefined
}): number | undefined {
  if (times === undefined || planned === undefined) return undefined
  return planned.rank === null ? times.dense : times.ofRank(planned.rank)
}

/** Without the unit. Layers of small models take hundredths of a millisecond. */
export function formatMilliseconds(milliseconds: number): string {
  return milliseconds.toFixed(milliseconds < 0.1 ? 3 : 2)
}
