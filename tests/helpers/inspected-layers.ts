/** Layers as the inspect view gets them; what a test does not care about has a plain value. */
import type { LayerDescription, ModelDescription } from '@contract/model'
import type { ModelPlan, PlannedLayerReport } from '@contract/model-plan'
import type { LatencyTable } from '@contract/rank-plan'

export function layerDescription(facts: Partial<LayerDescription> = {}): LayerDescription {
  return {
    layerId: 'layer',
    operator: 'MatMul',
    role: 'q',
    blockIndex: 0,
    inFeatures: 8,
    outFeatures: 4,
    parameterCount: 32,
    hasBias: true,
    weightUses: 1,
    breakEvenRank: 2,
    macsPerAudioSecond: 3200,
    ...facts
  }
}

export function modelDescription(layers: readonly LayerDescription[]): ModelDescription {
  return {
    path: '/models/tiny/model.onnx',
    modelHash: 'hash',
    sizeBytes: 1000,
    parameterCount: 320,
    macsPerAudioSecond: 5000,
    macsReferenceSeconds: 10,
    irVersion: 8,
    opset: 17,
    producer: 'test',
    nodeCount: 10,
    family: 'ctc-encoder',
    familyRefusal: undefined,
    inputKind: 'whisper-log-mel',
    sampleRateHz: 16_000,
    layers
  }
}

/** Times for the shape of `layerDescription` at the rows that it has in the 10 s of `modelDescription`. */
export const latencyTable: LatencyTable = {
  latencyTableVersion: 1,
  conditions: { processor: 'Test 1', runtime: 'test', threads: 1, precision: 'float32' },
  interpolation: 'linear',
  shapes: [
    {
      inFeatures: 8,
      outFeatures: 4,
      rows: 1000,
      denseMilliseconds: 0.4,
      points: [
        { rank: 1, milliseconds: 0.1 },
        { rank: 2, milliseconds: 0.3 }
      ]
    }
  ]
}

/** A plan that gives each of the layers this rank; null leaves it dense. */
export function modelPlan(
  layers: readonly LayerDescription[],
  rankOf: (layerId: string) => number | null,
  policy: ModelPlan['planFile']['policy']['name'] = 'water-filling'
): ModelPlan {
  const planned = layers.map(
    ({ layerId, role, blockIndex, inFeatures, outFeatures, breakEvenRank }): PlannedLayerReport => ({
      layerId,
      role,
      blockIndex,
      inFeatures,
      outFeatures,
      breakEvenRank,
      rank: rankOf(layerId),
      keptFraction: 0.5,
      relativeError: 0.1,
      ...(policy === 'manual' ? {} : { uniform: { rank: 1, keptFraction: 0.4, relativeError: 0.2 } })
    })
  )
  const predicted = { unit: 'parameters', cost: 10, denseCost: 32, relativeError: 0.1 } as const
  return {
    planFile: {
      planVersion: 1,
      modelHash: 'hash',
      policy: { name: policy, version: 1 },
      budget: null,
      predicted,
      layers: planned.map(({ layerId, inFeatures, outFeatures, rank }) => ({
        layerId,
        inFeatures,
        outFeatures,
        rank
      }))
    },
    layers: planned,
    uniformPredicted: policy === 'manual' ? null : { ...predicted, relativeError: 0.2 }
  }
}
