import type { LayerDescription, ModelDescription } from '@contract/model'
import { breakEvenRank } from '../../compression/allocation/break-even'
import { countParameters } from '../../onnx/parameters'
import { unpackProjections } from '../../onnx/passes/unpack-projections'
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'
import { locateLinearLayers } from '../../onnx/linear-layer/locate-linear-layers'
import { openModel } from './open-model'
import { macsPerAudioSecond, macsReferenceSeconds, type MacsPerAudioSecond } from './reference-input'

/**
 * Looks inside a model without running it. Works for any ONNX model; operations are counted for known families. Packed
 * projections are shown one by one, as they would be compressed.
 */
export async function describeModel({ modelPath }: { modelPath: string }): Promise<ModelDescription> {
  const opened = await openModel(modelPath)
  const { description } = opened
  const model = unpackProjections(opened.model).model
  const macs = description === undefined ? undefined : macsPerAudioSecond(model, description)
  return {
    path: opened.file,
    modelHash: opened.modelHash,
    sizeBytes: opened.sizeBytes,
    parameterCount: countParameters(model).parameterCount,
    macsPerAudioSecond: macs?.total ?? null,
    macsReferenceSeconds: macs?.referenceSeconds ?? macsReferenceSeconds,
    irVersion: model.irVersion,
    opset: model.opsetImports.get('') ?? 0,
    producer: [model.producerName, model.producerVersion].filter((part) => part !== '').join(' '),
    nodeCount: model.graph.nodes.length,
    family: description?.family,
    familyRefusal: opened.refusal?.message,
    inputKind: description?.frontEnd.kind,
    sampleRateHz: description?.sampleRateHz,
    layers: locateLinearLayers(model).map((layer) => describeLayer(layer, macs))
  }
}

function describeLayer(layer: LinearLayer, macs: MacsPerAudioSecond | undefined): LayerDescription {
  const { inFeatures, outFeatures } = layer
  return {
    layerId: layer.id,
    operator: layer.operator,
    role: layer.role,
    blockIndex: layer.blockIndex ?? null,
    inFeatures,
    outFeatures,
    parameterCount: inFeatures * outFeatures,
    hasBias: layer.biasName !== undefined,
    weightUses: layer.weightUses,
    breakEvenRank: breakEvenRank(inFeatures, outFeatures),
    // Looking an embedding up multiplies nothing, so nothing was counted for it.
    macsPerAudioSecond: macs?.perNode.get(layer.nodeOutput) ?? (layer.operator === 'Gather' ? 0 : null)
  }
}
