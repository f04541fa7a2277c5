/**
 * What the layers of a real model and the rest of it cost in each budget unit: how budgets over layers and over whole
 * models get their numbers.
 */
import { WorkbenchError } from '@contract/errors'
import type { LatencyTable } from '@contract/rank-plan'
import type { BudgetScope, BudgetUnit, Precision } from '@contract/recipe'
import { assertNever } from '../base/assert-never'
import { packedSizeBytes } from '../onnx/ir/data-type'
import type { LinearLayer } from '../onnx/linear-layer/linear-layer'
import type { LayerCost, LayerSpectrum, PricedLayer } from './allocation/allocation'
import { byteCost, macCost, parameterCost, priceLayers, type CostTotals } from './allocation/budget'
import { latencyCost } from './allocation/latency-model'
import { layerMatrix } from './layer-matrix'

/** What is known about the whole model. A unit can be budgeted once its members are there. */
export interface ModelCosts {
  /** Stored weight scalars (`countParameters`). */
  readonly parameterCount: number
  /** Number format of the finished model. */
  readonly precision: Precision
  /** Bytes of the file as it was given, and of the same dense model in `precision`. */
  readonly sizeBytes?: { readonly original: number; readonly dense: number }
  /** Multiply-accumulates of one run (`countMacs`), in all and by `nodeOutput`. */
  readonly macs?: { readonly total: number; readonly perNode: ReadonlyMap<string, number> }
  /** Times measured on this machine; `modelMilliseconds` of one run of the whole dense model, at the same input. */
  readonly latency?: { readonly table: LatencyTable; readonly modelMilliseconds?: number }
}

/** Layers with their prices in one unit, and what the rest costs. */
export interface PricedModel extends CostTotals {
  readonly layers: readonly PricedLayer[]
}

/**
 * Prices `spectra`, which describe `layers` matrix by matrix.
 *
 * Bytes are counted before in the formats that the model is stored in, afterwards in the one that it will have: half the
 * bytes may be reached by the number format alone.
 *
 * @throws WorkbenchError `invalid-input` when the unit or scope needs a figure that `costs` lacks.
 */
export function priceModel(
  layers: readonly LinearLayer[],
  spectra: readonly LayerSpectrum[],
  {
    unit,
    scope,
    costs
  }: { readonly unit: BudgetUnit; readonly scope: BudgetScope; readonly costs: ModelCosts }
): PricedModel {
  const priced = priceLayers(spectra, layerPrices(layers, unit, costs))
  const dense = priced.reduce((sum, { cost }) => sum + cost.dense, 0)
  if (scope === 'layers') {
    return { layers: priced, before: unit === 'bytes' ? storedBytes(layers) : dense, remainder: 0 }
  }
  const { original, finished } = modelTotals(unit, costs)
  // Measured and counted totals may fall a little short of the sum of the parts.
  return { layers: priced, before: original, remainder: Math.max(0, finished - dense) }
}

function layerPrices(
  layers: readonly LinearLayer[],
  unit: BudgetUnit,
  costs: ModelCosts
): (layer: LayerSpectrum) => LayerCost {
  switch (unit) {
    case 'parameters':
      return parameterCost
    case 'bytes':
      return (layer) => byteCost(layer, costs.precision)
    case 'macs': {
      const macs = macsOf(layers, costs)
      return (layer) => macCost(layer, sum(layer.layerIds, macs))
    }
    case 'milliseconds': {
      const { table } = required(costs.latency, unit)
      const macs = macsOf(layers, costs)
      return (layer) => {
        const rows =
          sum(layer.layerIds, macs) / (layer.layerIds.length * layer.inFeatures * layer.outFeatures)
        // Without a product there is nothing that takes time: an embedding only reads its rows.
        return rows === 0 ? { dense: 0, ofRank: () => 0 } : latencyCost(layer, rows, table)
      }
    }
    default:
      return assertNever(unit)
  }
}

/** Multiply-accumulates by layer id. */
function macsOf(layers: readonly LinearLayer[], { macs }: ModelCosts): ReadonlyMap<string, number> {
  const { perNode } = required(macs, 'macs')
  return new Map(layers.map(({ id, nodeOutput }) => [id, perNode.get(nodeOutput) ?? 0]))
}

function sum(ids: readonly string[], values: ReadonlyMap<string, number>): number {
  return ids.reduce((total, id) => total + (values.get(id) ?? 0), 0)
}

/** Bytes of the weights as they are stored, each once. */
function storedBytes(layers: readonly LinearLayer[]): number {
  return [...Map.groupBy(layers, layerMatrix).values()].reduce((total, [layer]) => {
    const { weightDataType, inFeatures, outFeatures } = layer!
    return total + packedSizeBytes(weightDataType, inFeatures * outFeatures)
  }, 0)
}

/** The whole model as it was given, and dense in its finished form. */
function modelTotals(unit: BudgetUnit, costs: ModelCosts): { original: number; finished: number } {
  switch (unit) {
    case 'parameters':
      return { original: costs.parameterCount, finished: costs.parameterCount }
    case 'bytes': {
      const { original, dense } = required(costs.sizeBytes, unit)
      return { original, finished: dense }
    }
    case 'macs': {
      const { total } = required(costs.macs, unit)
      return { original: total, finished: total }
    }
    case 'milliseconds': {
      const whole = required(costs.latency?.modelMilliseconds, unit)
      return { original: whole, finished: whole }
    }
    default:
      return assertNever(unit)
  }
}

function required<T>(value: T | undefined, unit: BudgetUnit): T {
  if (value !== undefined) return value
  throw new WorkbenchError(
    'invalid-input',
    `A budget in ${unit} needs figures that this model does not have; choose another unit.`
  )
}
