/**
 * Whisper's log-mel spectrogram as an ONNX graph.
 *
 * Everything between the cast of the samples and the cast of the features is float64. The features reach 8 decades below
 * the loudest bin of the utterance and are logarithmic, so a quiet bin beside a loud one shows the rounding noise of the
 * transform: in float32 that is up to 6e-5 (a constant offset under a quiet tone), too near to the 1e-4 that Lathe
 * promises. float64 takes 0.4 ms per second of audio, its transform twice what it would take in float32; an encoder as
 * small as Whisper tiny takes 6 ms.
 * Source: A. Radford et al., Robust Speech Recognition via Large-Scale Weak Supervision (2022), whisper/audio.py;
 * WhisperFeatureExtractor of Hugging Face transformers.
 */
import { WorkbenchError } from '@contract/errors'
import { GraphBuilder } from '../../onnx/build/graph-builder'
import { intAttribute, stringAttribute } from '../../onnx/ir/attribute'
import type { Model } from '../../onnx/ir/model'
import { int64Tensor } from '../../onnx/ir/tensor'
import { addFramePower } from './folded-dft'
import { slaneyMelFilters } from './mel-filters'
import { addFeaturesOutput, addInteger, addMelPower, addScalar, addWaveform } from './spectral-graph'
import { hannWindow } from './windowed-dft'

export interface LogMelParameters {
  readonly melBins: number
  /** Samples in a frame, even. */
  readonly fftLength: number
  /** Samples from one frame to the next. */
  readonly hopLength: number
  readonly sampleRateHz: number
}

/** Mel powers below this count as silence. */
const powerFloor = 1e-10
/** The features cover this many decades below the loudest bin of the utterance. */
const dynamicRangeDecades = 8

/**
 * A model that turns `waveform` [1, samples] float32 into `features` [1, melBins, floor(samples / hop)] float32.
 *
 * The waveform is mirrored by fftLength / 2 at both ends and cut into frames (the last one is dropped); P is the power
 * of their windowed transform, M = P · filters, L = log10(max(M, 1e-10)), F = (max(L, max L - 8) + 4) / 4, with the
 * inner maximum over the whole utterance.
 *
 * The waveform must be longer than fftLength / 2 samples, or the mirror has nothing to show.
 *
 * @throws WorkbenchError `unsupported-model` when a parameter is out of range.
 */
export function whisperLogMelModel(parameters: LogMelParameters): Model {
  checkParameters(parameters)
  const { melBins, fftLength, hopLength } = parameters
  const frequencies = fftLength / 2 + 1
  const builder = new GraphBuilder('whisper-log-mel')
  const melPower = addMelPower(builder, framePower(builder, fftLength, hopLength), {
    frequencies,
    melBins,
    filters: slaneyMelFilters(parameters)
  })
  addFeaturesOutput(builder, compress(builder, melPower), { melBins, framesFirst: false })
  return builder.build()
}

function checkParameters({ melBins, fftLength, hopLength, sampleRateHz }: LogMelParameters): void {
  const isWhole = [melBins, fftLength, hopLength, sampleRateHz].every(
    (value) => Number.isInteger(value) && value >= 1
  )
  if (!isWhole || fftLength % 2 !== 0 || hopLength > fftLength) {
    throw new WorkbenchError(
      'unsupported-model',
      `Log-mel features need an even FFT length and a hop within it, got ${melBins} bins, FFT ${fftLength}, hop ${hopLength}, ${sampleRateHz} Hz.`
    )
  }
}

/** The power of overlapping frames centred on multiples of hop: [floor(samples / hop), fftLength / 2 + 1] float64. */
function framePower(builder: GraphBuilder, fftLength: number, hopLength: number): string {
  const wide = addWaveform(builder)
  const margins = builder.initializer(int64Tensor('margins', [2], [fftLength / 2, fftLength / 2]))
  const waveform = builder.node('Pad', [wide, margins], { attributes: { mode: stringAttribute('reflect') } })
  // The last frame is dropped: 1 + floor(samples / hop) - 1.
  const count = builder.node('Div', [builder.node('Size', [wide]), addInteger(builder, 'hop', hopLength)])
  // A periodic Hann window is zero at its first sample and symmetric without it.
  const window = hannWindow(fftLength, fftLength).subarray(1)
  return addFramePower(builder, { window, fftLength, waveform, count, hopLength, firstSample: 1 })
}

/** Mel power to features, elementwise apart from the maximum over the utterance. */
function compress(builder: GraphBuilder, melPower: string): string {
  const constant = (name: string, value: number) => addScalar(builder, name, value)
  const audible = builder.node('Max', [melPower, constant('power_floor', powerFloor)])
  const decades = builder.node('Mul', [
    builder.node('Log', [audible]),
    constant('decades_per_nat', Math.LOG10E)
  ])
  const loudest = builder.node('ReduceMax', [decades], { attributes: { keepdims: intAttribute(0) } })
  const threshold = builder.node('Sub', [loudest, constant('dynamic_range', dynamicRangeDecades)])
  const clamped = builder.node('Max', [decades, threshold])
  const shifted = builder.node('Add', [clamped, constant('shift', 4)])
  return builder.node('Mul', [shifted, constant('quarter', 0.25)])
}
