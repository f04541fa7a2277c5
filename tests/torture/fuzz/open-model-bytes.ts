/** What Lathe does when somebody opens a model, as one function of its bytes: `lathe inspect` without the disk. */
import { WorkbenchError } from '@contract/errors'
import { applyLowRank } from '../../../src-main/compression/apply-low-rank'
import { layerMatrix } from '../../../src-main/compression/layer-matrix'
import type { LowRankFactors } from '../../../src-main/compression/low-rank-factors'
import { applyFloat16 } from '../../../src-main/compression/methods/float16'
import { applyInt8Dynamic } from '../../../src-main/compression/methods/int8-dynamic'
import { matrix } from '../../../src-main/linalg/matrix'
import { assertInvariants } from '../../../src-main/onnx/invariants'
import type { Model } from '../../../src-main/onnx/ir/model'
import type { LinearLayer } from '../../../src-main/onnx/linear-layer/linear-layer'
import { locateLinearLayers } from '../../../src-main/onnx/linear-layer/locate-linear-layers'
import { countMacs } from '../../../src-main/onnx/macs'
import { countParameters } from '../../../src-main/onnx/parameters'
import { unpackProjections } from '../../../src-main/onnx/passes/unpack-projections'
import { rewritableLayers } from '../../../src-main/onnx/passes/rewrite-obstacle'
import { readBias, readWeight } from '../../../src-main/onnx/linear-layer/read-weight'
import { decodeModel } from '../../../src-main/onnx/serde/decode-model'
import { encodeModel } from '../../../src-main/onnx/serde/encode-model'
import type { ExternalDataReader } from '../../../src-main/onnx/serde/external-data'
import { externalizeModel, loadExternalData } from '../../../src-main/onnx/serde/external-data'
import { inferShapes } from '../../../src-main/onnx/shapes/infer-shapes'
import { modelInterface } from '../../../src-main/speech/families/model-interface'
import { recognizeFamily } from '../../../src-main/speech/families/recognize'
import { externalFile, externalSizeBytes } from './base-models'
import { memoryModelFolder } from '../../helpers/memory-model-folder'

/** The data file of the external base model, in memory. */
const reader: ExternalDataReader = {
  read: (location, offsetBytes, lengthBytes) => {
    if (location !== externalFile) throw new WorkbenchError('not-found', `There is no '${location}'.`)
    if (offsetBytes + lengthBytes > externalSizeBytes)
      throw new WorkbenchError('io', 'The file is too short.')
    return new Uint8Array(lengthBytes)
  }
}

/** Beside a model of the kind of the tiny one, so that some of the hostile ones are recognised and go all the way. */
const folder = memoryModelFolder({
  'config.json': {
    architectures: ['TinyEncoderForCTC'],
    vocab_size: 6,
    ctc_blank_id: 0,
    inputs_to_logits_ratio: 320
  },
  'preprocessor_config.json': {
    feature_extractor_type: 'WhisperFeatureExtractor',
    sampling_rate: 16000,
    feature_size: 80,
    n_fft: 400,
    hop_length: 160,
    pad_to_multiple_of_samples: 320
  },
  'vocab.json': { '<pad>': 0, '|': 1, a: 2, b: 3, c: 4, d: 5 }
})

/**
 * Decodes a model and looks at it from every side; `isCompressed` also makes tiers of it and writes them.
 *
 * Returns the step that follows, as `attempt` takes them.
 *
 * @throws WorkbenchError, and nothing else if Lathe is right.
 */
export async function openModelBytes(bytes: Uint8Array, isCompressed: boolean): Promise<() => void> {
  const decoded = decodeModel(bytes)
  assertInvariants(decoded, 'invalid-input')
  const loaded = loadExternalData(decoded, reader)
  await recognizeFamily(folder, modelInterface(decoded)).catch((error: unknown) => {
    if (!(error instanceof WorkbenchError) || error.code !== 'unsupported-model') throw error
  })
  return () => {
    const unpacked = inspect(loaded)
    if (isCompressed) compress(unpacked)
  }
}

/** Shapes, operations, parameters and layers. Shapes that contradict each other are one coded error, as in the product. */
function inspect(model: Model): Model {
  const unpacked = unpackProjections(model).model
  locateLinearLayers(unpacked)
  countParameters(unpacked)
  for (const shapes of [new Map<string, number[]>(), boundShapes(unpacked)]) {
    countMacs(unpacked, inferShapes(unpacked, shapes))
  }
  return unpacked
}

/** Every free size of the inputs bound to one that a strided convolution over samples can start from. */
function boundShapes({ graph }: Model): Map<string, number[]> {
  return new Map(
    graph.inputs.flatMap(({ name, type }): [string, number[]][] =>
      type?.kind === 'tensor' && type.dims !== undefined
        ? [[name, type.dims.map((dim) => (typeof dim === 'number' ? dim : 800))]]
        : []
    )
  )
}

function compress(model: Model): void {
  const layers = rewritableLayers(model, locateLinearLayers(model)).filter(
    ({ inFeatures, outFeatures }) => inFeatures > 0 && outFeatures > 0
  )
  const plan = layers.map((layer) => ({ layer, rank: 1 }))
  const low = applyLowRank(
    model,
    plan,
    new Map(layers.map((layer) => [layerMatrix(layer), rankOne(model, layer)]))
  )
  for (const made of [low, applyInt8Dynamic(model), applyFloat16(model)]) {
    assertInvariants(made)
    decodeModel(encodeModel(made))
  }
  externalizeModel(model, { location: 'copy.data' })
}

/** A pair of the right sizes, made of the weight's first row and column: decomposing is tested elsewhere. */
function rankOne(model: Model, layer: LinearLayer): LowRankFactors {
  const weight = readWeight(model, layer)
  readBias(model, layer)
  const column = Float64Array.from({ length: weight.in }, (_, row) => weight.data[row * weight.out]!)
  return {
    down: matrix(weight.in, 1, column),
    up: matrix(1, weight.out, weight.data.slice(0, weight.out)),
    singularValues: Float64Array.of(1)
  }
}
