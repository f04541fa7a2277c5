/** Ready-made studies: each answers one question about whatever model and data the draft has. */
import type { LayerDescription } from '@contract/model'
import { gridSchema, plannedTrialSchema, type LayerSelection } from '@contract/recipe'
import type { RankMap } from '@contract/rank-map'
import type { PlanForm, RecipeForm } from './recipe-form'

export const presetIds = [
  'first-comparison',
  'rank-policies',
  'precision-ladder',
  'leave-one-out',
  'layer-by-layer'
] as const
export type PresetId = (typeof presetIds)[number]

/** Presets that make one trial per part of the model, so its layers must be known. */
export function needsLayers(preset: PresetId): boolean {
  return preset === 'leave-one-out' || preset === 'layer-by-layer'
}

type TrialMembers = Pick<RecipeForm, 'grids' | 'plans' | 'precisions'>

/** The layers of a model as `model.describe` gives them. */
export type PresetLayer = Pick<
  LayerDescription,
  'layerId' | 'role' | 'inFeatures' | 'outFeatures' | 'breakEvenRank' | 'weightUses'
>

/** What leave-one-out keeps of every other layer. */
export const leaveOneOutFraction = 0.5
/** What layer-by-layer keeps of the one layer that it cuts. */
export const layerByLayerFractions = [0.5, 0.25] as const

/**
 * The draft with the trials of a preset in place of its own; everything else stays, but for patterns of layers where
 * every layer gets its turn.
 */
export function withPreset(
  form: RecipeForm,
  preset: PresetId,
  layers: readonly PresetLayer[] = []
): RecipeForm {
  const selection = needsLayers(preset) ? { ...form.layers, include: [], exclude: [] } : form.layers
  return { ...form, layers: selection, ...presetTrials(preset, layers, selection) }
}

function presetTrials(
  preset: PresetId,
  layers: readonly PresetLayer[],
  selection: LayerSelection
): TrialMembers {
  const nothing: TrialMembers = { grids: [], plans: [], precisions: [] }
  switch (preset) {
    case 'first-comparison':
      return {
        ...nothing,
        grids: [
          gridSchema.parse({
            methods: ['weight-svd', 'whitened-svd'],
            retainedFractions: [0.9, 0.8, 0.65, 0.5, 0.4]
          }),
          gridSchema.parse({
            methods: ['whitened-svd'],
            retainedFractions: [0.9, 0.8, 0.65, 0.5, 0.4],
            precisions: ['int8']
          })
        ]
      }
    case 'rank-policies':
      return {
        ...nothing,
        grids: [
          gridSchema.parse({
            methods: ['whitened-svd'],
            retainedFractions: [0.65, 0.5, 0.4],
            rankPolicies: ['uniform', 'energy', 'water-filling', 'effective-rank', 'sensitivity']
          })
        ]
      }
    case 'precision-ladder':
      return {
        ...nothing,
        precisions: ['float16', 'int8-weights', 'int4-weights'],
        grids: [
          gridSchema.parse({
            methods: ['whitened-svd'],
            retainedFractions: [0.8, 0.65, 0.5],
            precisions: ['float32', 'float16', 'int8', 'int8-weights', 'int4-weights']
          })
        ]
      }
    case 'leave-one-out':
      return { ...nothing, plans: leaveOneOut(cutLayers(layers, selection)) }
    case 'layer-by-layer':
      return { ...nothing, plans: layerByLayer(cutLayers(layers, selection)) }
  }
}

/** One trial with all layers cut alike, and one per layer that leaves this layer dense. */
function leaveOneOut(layers: readonly PresetLayer[]): PlanForm[] {
  const all: RankMap = Object.fromEntries(
    layers.map((layer) => [layer.layerId, rankFor(layer, leaveOneOutFraction)])
  )
  return [
    planned('all layers cut', all),
    ...layers.map(({ layerId }) => {
      const { [layerId]: _, ...others } = all
      return planned(`all but ${layerId}`, others)
    })
  ]
}

/** Trials that cut one layer and leave all others dense. */
function layerByLayer(layers: readonly PresetLayer[]): PlanForm[] {
  return layers.flatMap((layer) =>
    layerByLayerFractions.map((fraction) => {
      const rank = rankFor(layer, fraction)
      return planned(`only ${layer.layerId} at rank ${rank}`, { [layer.layerId]: rank })
    })
  )
}

function planned(name: string, ranks: RankMap): PlanForm {
  return plannedTrialSchema.parse({ name: name.slice(0, 200), method: 'whitened-svd', ranks })
}

/**
 * Layers that can be cut one by one: those that the draft chooses by role, and whose weight no other layer shares, since
 * one weight cannot have two ranks.
 */
function cutLayers(layers: readonly PresetLayer[], { excludeRoles }: LayerSelection): PresetLayer[] {
  return layers.filter(
    ({ role, weightUses, breakEvenRank }) =>
      !excludeRoles.includes(role) && weightUses === 1 && breakEvenRank >= 1
  )
}

/** The largest rank whose two factors have no more than this fraction of the matrix's parameters, but at least 1. */
function rankFor({ inFeatures, outFeatures }: PresetLayer, fraction: number): number {
  return Math.max(1, Math.floor((fraction * inFeatures * outFeatures) / (inFeatures + outFeatures)))
}
