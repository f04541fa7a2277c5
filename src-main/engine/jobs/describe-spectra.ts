import type { MatrixSpectrum, ModelSpectra, SpectrumCurve } from '@contract/spectra'
import { WorkbenchError } from '@contract/errors'
import { breakEvenRank } from '../../compression/allocation/break-even'
import { effectiveRank } from '../../compression/allocation/effective-rank'
import { relativeTails } from '../../compression/allocation/tail-energy'
import { layerMatrix } from '../../compression/layer-matrix'
import type { LowRankFactors } from '../../compression/low-rank-factors'
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'

type Spectra = ReadonlyMap<string, Pick<LowRankFactors, 'singularValues'>>

export interface SpectraInputs {
  readonly modelHash: string
  /** The layers to describe. */
  readonly layers: readonly LinearLayer[]
  /** Of every matrix by `layerMatrix`, factorised by `weight-svd`. */
  readonly weightSpectra: Spectra
  /** Where there is a calibration set: by `whitened-svd`, of the matrices whose inputs have statistics. */
  readonly calibrated?: { readonly calibrationHash: string; readonly spectra: Spectra }
}

/** Most values of a spectrum that are listed: more than a chart has pixels for is no use to it. */
export const listedValues = 256

/**
 * The spectra of all matrices behind `layers`, thinned out for display.
 *
 * @throws WorkbenchError `internal` for a matrix that was not factorised.
 */
export function describeSpectra({
  modelHash,
  layers,
  weightSpectra,
  calibrated
}: SpectraInputs): ModelSpectra {
  const matrices = [...Map.groupBy(layers, layerMatrix)].map(([matrix, users]): MatrixSpectrum => {
    const { role, blockIndex, inFeatures, outFeatures } = users[0]!
    const weight = weightSpectra.get(matrix)
    if (weight === undefined) throw new WorkbenchError('internal', `Matrix '${matrix}' was not factorised.`)
    const weighted = calibrated?.spectra.get(matrix)
    return {
      layerIds: users.map(({ id }) => id),
      role,
      blockIndex: blockIndex ?? null,
      inFeatures,
      outFeatures,
      breakEvenRank: breakEvenRank(inFeatures, outFeatures),
      weight: spectrumCurve(weight.singularValues),
      activationWeighted: weighted === undefined ? null : spectrumCurve(weighted.singularValues)
    }
  })
  return { modelHash, calibrationHash: calibrated?.calibrationHash ?? null, matrices }
}

/** A spectrum [k], descending, with at most `listedValues` of its values, evenly spaced. */
export function spectrumCurve(singularValues: Float64Array): SpectrumCurve {
  const { length } = singularValues
  const count = Math.min(length, listedValues)
  const step = count > 1 ? (length - 1) / (count - 1) : 0
  const indices = Array.from({ length: count }, (_, place) => Math.round(place * step))
  const tails = relativeTails({ singularValues })
  return {
    indices,
    singularValues: indices.map((index) => singularValues[index]!),
    discardedShares: indices.map((index) => tails[index]!),
    length,
    energy: singularValues.reduce((sum, value) => sum + value * value, 0),
    effectiveRank: effectiveRank(singularValues)
  }
}
