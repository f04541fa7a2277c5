/** The layers of a model with everything that is known of them by now: one row each for the table and the overview. */
import type { ModelDescription, LayerDescription } from '@contract/model'
import type { ModelPlan, PlannedLayerReport } from '@contract/model-plan'
import type { LatencyTable } from '@contract/rank-plan'
import type { MatrixSpectrum, ModelSpectra } from '@contract/spectra'
import { layerTimes, type LayerTimes } from './layer-times'

export interface LayerRow extends LayerDescription {
  /** Of all parameters of the model. */
  readonly share: number
  /** Undefined until it is decomposed, and for layers that are not compressed. */
  readonly spectrum: MatrixSpectrum | undefined
  /** Undefined where the plan says nothing of the layer. */
  readonly planned: PlannedLayerReport | undefined
  /** Estimates; undefined until this machine was timed, and where the layer's shape was not. */
  readonly times: LayerTimes | undefined
}

/** In the order of the model. */
export function layerRows(
  { layers, parameterCount, macsReferenceSeconds }: ModelDescription,
  spectra: ModelSpectra | undefined,
  plan: Pick<ModelPlan, 'layers'> | undefined,
  table?: LatencyTable
): LayerRow[] {
  const spectrumOf = new Map(
    spectra?.matrices.flatMap((matrix) => matrix.layerIds.map((layerId) => [layerId, matrix]))
  )
  const plannedOf = new Map(plan?.layers.map((planned) => [planned.layerId, planned]))
  return layers.map((layer) => ({
    ...layer,
    share: layer.parameterCount / parameterCount,
    spectrum: spectrumOf.get(layer.layerId),
    planned: plannedOf.get(layer.layerId),
    times: table && layerTimes(layer, macsReferenceSeconds, table)
  }))
}

/** Which rows are shown; empty members let everything through. */
export interface LayerFilter {
  readonly text: string
  readonly role: string
  /** A block number as text, or `none` for layers outside the blocks. */
  readonly block: string
}

export const noFilter: LayerFilter = { text: '', role: '', block: '' }

export function matchesFilter(row: LayerRow, { text, role, block }: LayerFilter): boolean {
  if (role !== '' && row.role !== role) return false
  if (block !== '' && blockName(row) !== block) return false
  const sought = text.trim().toLowerCase()
  return (
    sought === '' ||
    `${row.layerId} ${row.role} ${row.inFeatures}×${row.outFeatures} ${row.inFeatures}x${row.outFeatures}`
      .toLowerCase()
      .includes(sought)
  )
}

export function blockName({ blockIndex }: Pick<LayerRow, 'blockIndex'>): string {
  return blockIndex === null ? 'none' : String(blockIndex)
}

/** How many directions carry the energy: of the outputs where they were watched, otherwise of the weights. */
export function effectiveRankOf({ spectrum }: Pick<LayerRow, 'spectrum'>): number | undefined {
  return (spectrum?.activationWeighted ?? spectrum?.weight)?.effectiveRank
}
