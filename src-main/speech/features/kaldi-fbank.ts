/**
 * Kaldi's log mel filter bank ("fbank") as an ONNX graph, for models trained with Kaldi, icefall or WeNet.
 *
 * Everything that Kaldi does to a frame before its transform is linear (remove the mean, pre-emphasize, window), so it is
 * folded into the transform's matrix. No dither: it is noise that only training wants.
 * Source: D. Povey et al., The Kaldi Speech Recognition Toolkit (ASRU 2011), src/feat/feature-window.cc,
 * feature-fbank.cc.
 */
import { WorkbenchError } from '@contract/errors'
import { GraphBuilder } from '../../onnx/build/graph-builder'
import { intAttribute } from '../../onnx/ir/attribute'
import type { Model } from '../../onnx/ir/model'
import { typedTensor } from '../../onnx/ir/tensor'
import { htkMelFilters } from './htk-mel-filters'
import {
  addFeaturesOutput,
  addFrameIndices,
  addInteger,
  addMelPower,
  addScalar,
  addWaveform
} from './spectral-graph'
import { frameDft, hannWindow } from './windowed-dft'

export interface KaldiFbankParameters {
  readonly melBins: number
  readonly sampleRateHz: number
  /** Samples in a frame: 25 ms unless a model says otherwise. */
  readonly frameLength: number
  /** Samples from one frame to the next. */
  readonly hopLength: number
  readonly lowFrequencyHz: number
  readonly highFrequencyHz: number
  /** Samples are multiplied by this first: 1, or 32768 for models that were trained on 16-bit counts. */
  readonly sampleScale: number
  /**
   * Only frames that lie wholly inside the waveform. Otherwise floor(samples / hop + 1/2) frames, centred in their hops,
   * and the waveform is mirrored at its ends.
   */
  readonly snipEdges: boolean
}

const preEmphasis = 0.97
/** Povey's window is Hann's to this power. */
const poveyPower = 0.85
/** The smallest float32 step at 1: mel powers below this count as silence. */
const powerFloor = 2 ** -23

/** The transform's length: the next power of two that a frame fits into. */
export function kaldiFftLength(frameLength: number): number {
  return 2 ** Math.ceil(Math.log2(frameLength))
}

/**
 * A model that turns `waveform` [1, samples] float32 into `features` [1, frames, melBins] float32.
 *
 * Of each frame the mean is subtracted, y[t] = x[t] - 0.97 · x[t - 1] with x[-1] = x[0], and Povey's window applied; then
 * F = ln(max(|transform|² · filters, 2^-23)).
 *
 * @throws WorkbenchError `unsupported-model` when a parameter is out of range.
 */
export function kaldiFbankModel(parameters: KaldiFbankParameters): Model {
  checkParameters(parameters)
  const { melBins, frameLength, sampleScale } = parameters
  const fftLength = kaldiFftLength(frameLength)
  const builder = new GraphBuilder('kaldi-fbank')
  const waveform = addWaveform(builder)
  const scaled = builder.node('Mul', [waveform, addScalar(builder, 'sample_scale', sampleScale)])
  const frames = builder.node('Gather', [scaled, addSampleIndices(builder, waveform, parameters)])
  const melPower = addMelPower(builder, addPower(builder, frames, frameLength, fftLength), {
    frequencies: fftLength / 2 + 1,
    melBins,
    filters: htkMelFilters({ ...parameters, fftLength })
  })
  const audible = builder.node('Max', [melPower, addScalar(builder, 'power_floor', powerFloor)])
  addFeaturesOutput(builder, builder.node('Log', [audible]), { melBins, framesFirst: true })
  return builder.build()
}

function checkParameters(parameters: KaldiFbankParameters): void {
  const { melBins, frameLength, hopLength, sampleRateHz, sampleScale } = parameters
  const { lowFrequencyHz, highFrequencyHz } = parameters
  const isWhole = [melBins, frameLength, hopLength, sampleRateHz].every(
    (value) => Number.isInteger(value) && value >= 1
  )
  const isBand =
    lowFrequencyHz >= 0 && lowFrequencyHz < highFrequencyHz && highFrequencyHz <= sampleRateHz / 2
  if (!isWhole || frameLength < 2 || hopLength > frameLength || !isBand || !(sampleScale > 0)) {
    throw new WorkbenchError(
      'unsupported-model',
      `Kaldi filter banks need a hop within the frame and a band below half the sample rate, got ${melBins} bins, frame ${frameLength}, hop ${hopLength}, ${lowFrequencyHz} to ${highFrequencyHz} Hz of ${sampleRateHz} Hz, scale ${sampleScale}.`
    )
  }
}

/** [frames, frameLength] int64 into [samples]; places beyond an end show the mirror, which repeats the end sample. */
function addSampleIndices(
  builder: GraphBuilder,
  waveform: string,
  { frameLength, hopLength, snipEdges }: KaldiFbankParameters
): string {
  const samples = builder.node('Size', [waveform])
  const hop = addInteger(builder, 'hop', hopLength)
  const half = Math.floor(hopLength / 2)
  if (snipEdges) {
    // 1 + floor((samples - frameLength) / hop)
    const room = builder.node('Add', [samples, addInteger(builder, 'room', hopLength - frameLength)])
    const count = builder.node('Div', [room, hop])
    return addFrameIndices(builder, { count, frameLength, hopLength, firstSample: 0 })
  }
  const rounded = builder.node('Add', [samples, addInteger(builder, 'half_hop', half)])
  const count = builder.node('Div', [rounded, hop])
  const firstSample = half - Math.floor(frameLength / 2)
  const indices = addFrameIndices(builder, { count, frameLength, hopLength, firstSample })
  // -1 shows 0, -2 shows 1; samples shows samples - 1.
  const minusOne = addInteger(builder, 'minus_one', -1)
  const fromStart = builder.node('Max', [indices, builder.node('Sub', [minusOne, indices])])
  const last = builder.node('Add', [builder.node('Add', [samples, samples]), minusOne])
  return builder.node('Min', [fromStart, builder.node('Sub', [last, fromStart])])
}

/** |frame · matrix|² of frames [frames, frameLength]: [frames, fftLength / 2 + 1] float64. */
function addPower(builder: GraphBuilder, frames: string, frameLength: number, fftLength: number): string {
  const matrix = frameMatrix(frameLength, fftLength)
  const dft = typedTensor('dft', 'float64', [frameLength, matrix.length / frameLength], matrix)
  const spectrum = builder.node('MatMul', [frames, builder.initializer(dft)])
  const halves = builder.nodes('Split', [builder.node('Mul', [spectrum, spectrum])], {
    outputs: ['real_squared', 'imaginary_squared'],
    attributes: { axis: intAttribute(1), num_outputs: intAttribute(2) }
  })
  return builder.node('Add', halves)
}

/**
 * [frameLength, 2 · (fftLength / 2 + 1)]: mean removal · pre-emphasis · windowed transform, in float64.
 *
 * With T the windowed transform (rows t), pre-emphasis gives P[t] = T[t] - 0.97 · T[t + 1], where row 0 also carries
 * -0.97 · T[0]; removing the mean subtracts the mean row of P from every row.
 */
function frameMatrix(frameLength: number, fftLength: number): Float64Array {
  const window = hannWindow(frameLength, frameLength - 1).map((weight) => weight ** poveyPower)
  const transform = frameDft({ window, fftLength })
  const columns = transform.length / frameLength
  const matrix = transform.slice()
  for (let column = 0; column < columns; column++) {
    let sum = 0
    for (let t = 0; t < frameLength; t++) {
      const next = t + 1 < frameLength ? transform[(t + 1) * columns + column]! : 0
      const first = t === 0 ? transform[column]! : 0
      const value = transform[t * columns + column]! - preEmphasis * (next + first)
      matrix[t * columns + column] = value
      sum += value
    }
    for (let t = 0; t < frameLength; t++) matrix[t * columns + column]! -= sum / frameLength
  }
  return matrix
}
