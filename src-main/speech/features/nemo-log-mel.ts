/**
 * NeMo's log-mel features as an ONNX graph: what `AudioToMelSpectrogramPreprocessor` computes outside training.
 *
 * NeMo hands over one more frame, masked to zero, and may pad to a multiple of frames with more of them, all beyond the
 * length that it tells the model; here the features end with the last valid frame. Dither and the random narrow band are
 * left out: they belong to training.
 * Source: NVIDIA NeMo, nemo/collections/asr/parts/preprocessing/features.py, FilterbankFeatures and normalize_batch.
 * Releases before 2.0 mirrored the waveform at its ends where newer ones put zeros, and counted one frame more.
 */
import { WorkbenchError } from '@contract/errors'
import { GraphBuilder } from '../../onnx/build/graph-builder'
import { intAttribute } from '../../onnx/ir/attribute'
import { dataTypeNumber } from '../../onnx/ir/data-type'
import type { Model } from '../../onnx/ir/model'
import { int64Tensor } from '../../onnx/ir/tensor'
import { addFramePower } from './folded-dft'
import { slaneyMelFilters } from './mel-filters'
import { addFeaturesOutput, addInteger, addMelPower, addScalar, addWaveform } from './spectral-graph'
import { hannWindow } from './windowed-dft'

export interface NemoLogMelParameters {
  readonly melBins: number
  readonly sampleRateHz: number
  /** Even. */
  readonly fftLength: number
  /** Samples under the window, even, at most `fftLength`. */
  readonly windowLength: number
  /** Samples from one frame to the next. */
  readonly hopLength: number
  /** Whether each mel bin gets zero mean and unit variance over the utterance; NeMo's `normalize: per_feature`. */
  readonly normalize: 'per-feature' | 'none'
}

const preEmphasis = 0.97
/** Added to the mel power, so that silence has a logarithm. */
const powerGuard = 2 ** -24
/** Added to the standard deviation, so that a constant bin is not divided by zero. */
const deviationGuard = 1e-5

/**
 * A model that turns `waveform` [1, samples] float32 into `features` [1, melBins, floor(samples / hop)] float32.
 *
 * y[0] = x[0], y[t] = x[t] - 0.97 · x[t - 1]; frames centred on multiples of hop, zeros beyond both ends; a Hann window with
 * w = 0 at its first and last sample; L = ln(|transform|² · filters + 2^-24). Per feature: (L - mean) / (s + 1e-5) with the
 * sample standard deviation s, which divides by frames - 1.
 *
 * @throws WorkbenchError `unsupported-model` when a parameter is out of range.
 */
export function nemoLogMelModel(parameters: NemoLogMelParameters): Model {
  checkParameters(parameters)
  const { melBins, fftLength, normalize } = parameters
  const builder = new GraphBuilder('nemo-log-mel')
  const melPower = addMelPower(builder, framePower(builder, parameters), {
    frequencies: fftLength / 2 + 1,
    melBins,
    filters: slaneyMelFilters(parameters)
  })
  const guarded = builder.node('Add', [melPower, addScalar(builder, 'power_guard', powerGuard)])
  const logarithm = builder.node('Log', [guarded])
  const features = normalize === 'per-feature' ? addNormalization(builder, logarithm) : logarithm
  addFeaturesOutput(builder, features, { melBins, framesFirst: false })
  return builder.build()
}

function checkParameters(parameters: NemoLogMelParameters): void {
  const { melBins, sampleRateHz, fftLength, windowLength, hopLength } = parameters
  const isWhole = [melBins, sampleRateHz, fftLength, windowLength, hopLength].every(
    (value) => Number.isInteger(value) && value >= 1
  )
  const isEven = fftLength % 2 === 0 && windowLength % 2 === 0
  if (!isWhole || !isEven || windowLength > fftLength || hopLength > windowLength) {
    throw new WorkbenchError(
      'unsupported-model',
      `NeMo features need an even FFT length, an even window within it and a hop within the window, got ${melBins} bins, FFT ${fftLength}, window ${windowLength}, hop ${hopLength}, ${sampleRateHz} Hz.`
    )
  }
}

/** The power of the pre-emphasized waveform's frames: [floor(samples / hop), fftLength / 2 + 1] float64. */
function framePower(
  builder: GraphBuilder,
  { fftLength, windowLength, hopLength }: NemoLogMelParameters
): string {
  const waveform = addWaveform(builder)
  // One zero in front and the last sample gone: every sample's predecessor.
  const previous = builder.node('Pad', [waveform, builder.initializer(int64Tensor('delay', [2], [1, -1]))])
  const echo = builder.node('Mul', [previous, addScalar(builder, 'pre_emphasis', preEmphasis)])
  const emphasized = builder.node('Sub', [waveform, echo])
  const half = windowLength / 2
  const padded = builder.node('Pad', [
    emphasized,
    builder.initializer(int64Tensor('margins', [2], [half, half]))
  ])
  const count = builder.node('Div', [builder.node('Size', [waveform]), addInteger(builder, 'hop', hopLength)])
  // NeMo centres the window in the transform; where it stands changes phases only, and the power has none.
  const window = hannWindow(windowLength, windowLength - 1)
  return addFramePower(builder, {
    window,
    fftLength,
    waveform: padded,
    count,
    hopLength,
    firstSample: 0
  })
}

/** [frames, melBins] to zero mean and unit variance per column. A single frame becomes zero. */
function addNormalization(builder: GraphBuilder, rows: string): string {
  const overTime = builder.initializer(int64Tensor('time_axis', [1], [0]))
  const centred = builder.node('Sub', [rows, builder.node('ReduceMean', [rows, overTime])])
  const energy = builder.node('ReduceSum', [builder.node('Mul', [centred, centred]), overTime])
  const shape = builder.node('Shape', [rows], { attributes: { end: intAttribute(1) } })
  const frames = builder.node('Cast', [shape], {
    attributes: { to: intAttribute(dataTypeNumber('float64')) }
  })
  const one = addScalar(builder, 'one', 1)
  const freedom = builder.node('Max', [builder.node('Sub', [frames, one]), one])
  const deviation = builder.node('Sqrt', [builder.node('Div', [energy, freedom])])
  const guarded = builder.node('Add', [deviation, addScalar(builder, 'deviation_guard', deviationGuard)])
  return builder.node('Div', [centred, guarded])
}
