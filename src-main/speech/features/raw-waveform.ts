/**
 * The front end of models that listen to the waveform itself (wav2vec 2.0 and its relatives), as an ONNX graph.
 * Source: Wav2Vec2FeatureExtractor.zero_mean_unit_var_norm of Hugging Face transformers.
 */
import { GraphBuilder } from '../../onnx/build/graph-builder'
import { intAttribute } from '../../onnx/ir/attribute'
import { dataTypeNumber } from '../../onnx/ir/data-type'
import type { Model } from '../../onnx/ir/model'
import { typedTensor } from '../../onnx/ir/tensor'

/** Keeps silence from being divided by zero. */
const varianceFloor = 1e-7

export interface RawWaveformParameters {
  /** Scale every utterance to zero mean and unit variance. */
  readonly normalize: boolean
}

/**
 * A model that turns `waveform` [1, samples] float32 into `features` [1, samples] float32.
 *
 * Normalized: (x - mean x) / sqrt(var x + 1e-7) with the population variance, in float64. Otherwise x itself.
 */
export function rawWaveformModel({ normalize }: RawWaveformParameters): Model {
  const builder = new GraphBuilder('raw-waveform')
  const waveform = builder.input('waveform', 'float32', [1, 'samples'])
  if (normalize) addNormalization(builder, waveform)
  else builder.node('Identity', [waveform], { outputs: ['features'] })
  builder.output('features', 'float32', [1, 'samples'])
  return builder.build()
}

function addNormalization(builder: GraphBuilder, waveform: string): void {
  const cast = (to: 'float32' | 'float64') => ({ to: intAttribute(dataTypeNumber(to)) })
  const wide = builder.node('Cast', [waveform], { attributes: cast('float64') })
  const centred = builder.node('Sub', [wide, builder.node('ReduceMean', [wide])])
  const variance = builder.node('ReduceMean', [builder.node('Mul', [centred, centred])])
  const floor = builder.initializer(
    typedTensor('variance_floor', 'float64', [], Float64Array.of(varianceFloor))
  )
  const deviation = builder.node('Sqrt', [builder.node('Add', [variance, floor])])
  const normalized = builder.node('Div', [centred, deviation])
  builder.node('Cast', [normalized], { outputs: ['features'], attributes: cast('float32') })
}
