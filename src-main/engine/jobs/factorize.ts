import { WorkbenchError } from '@contract/errors'
import { throwIfCancelled } from '../../base/abort'
import { canonicalJson } from '../../base/canonical-json'
import { layerMatrix } from '../../compression/layer-matrix'
import type { LowRankFactors } from '../../compression/low-rank-factors'
import type { LowRankMethod } from '../../compression/methods/low-rank-method'
import { methodForMatrix } from '../../compression/methods/method-for-matrix'
import type { MomentSum } from '../../compression/second-moment'
import { matrix, type Matrix } from '../../linalg/matrix'
import type { Products } from '../../linalg/products'
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'
import { readWeight } from '../../onnx/linear-layer/read-weight'
import type { Model } from '../../onnx/ir/model'
import { decodeArrays, encodeArrays } from '../../workspace/array-file'
import type { Cache } from '../../workspace/cache'
import { sha256Text } from '../../workspace/files'
import type { JobContext } from '../serve'
import { mergedMoments } from './build-session'
import { calibrationVersion } from './calibrate'
import { compareProducts, type FactorizedMatrix } from './layer-parity'
import { onLayer } from './on-layer'

export interface FactorizeInputs {
  readonly model: Model
  readonly modelHash: string
  readonly layers: readonly LinearLayer[]
  readonly method: LowRankMethod
  readonly damping: number
  /** By `layerInputKey`; asked for only when a factor is not in the cache. */
  readonly moments: () => Promise<ReadonlyMap<string, MomentSum>>
  /** Identity of the data behind the moments. */
  readonly calibrationHash: string | undefined
  readonly products: Products
  readonly cache: Cache
  /** Whether factors are compared with their weight, layer by layer: where full rank is not checked on audio. */
  readonly checksLayers: boolean
}

/**
 * The factors of every matrix behind `layers`, by `layerMatrix`: from the cache, or computed once and cached. They are held
 * one matrix at a time; what is returned reads them from the cache again.
 */
export async function factorizeLayers(
  inputs: FactorizeInputs,
  context: JobContext
): Promise<Map<string, FactorizedMatrix>> {
  const groups = Map.groupBy(inputs.layers, layerMatrix)
  const factors = new Map<string, FactorizedMatrix>()
  for (const [key, users] of groups) {
    throwIfCancelled(context.signal)
    factors.set(key, await onLayer(users[0]!, () => factorizeMatrix(users, inputs)))
    context.progress({
      stage: `factorise with ${inputs.method.name}`,
      completed: factors.size,
      total: groups.size,
      unit: 'weights'
    })
    await context.breathe()
  }
  return factors
}

async function factorizeMatrix(
  users: readonly LinearLayer[],
  inputs: FactorizeInputs
): Promise<FactorizedMatrix> {
  const layer = users[0]!
  const { model, products, checksLayers } = inputs
  const read = () => factorizeWeight(users, inputs)
  const factors = await read()
  return {
    // A copy: a view would keep all of what was read from the cache in memory.
    singularValues: factors.singularValues.slice(),
    products: checksLayers
      ? await compareProducts(layer.id, weightOf(model, layer), factors, products)
      : undefined,
    read
  }
}

async function factorizeWeight(
  users: readonly LinearLayer[],
  inputs: FactorizeInputs
): Promise<LowRankFactors> {
  const { model, damping, cache, products } = inputs
  const layer = users[0]!
  const method = methodForMatrix(users, inputs.method)
  const key = factorKey(layer, { ...inputs, method })
  const cached = await cache.read('factors', key)
  if (cached !== undefined) return decodeFactors(cached)
  const computed = await method.factorize(weightOf(model, layer), {
    moments: method.needsCalibration ? mergedMoments(users, await inputs.moments()) : undefined,
    damping,
    products
  })
  if (!computed.down.data.every(Number.isFinite) || !computed.up.data.every(Number.isFinite)) {
    throw new WorkbenchError('numerical', `Factorising layer '${layer.id}' gave values that are not finite.`)
  }
  await cache.write('factors', key, encodeFactors(computed))
  return computed
}

function weightOf(model: Model, layer: LinearLayer): Matrix {
  const { in: rows, out: columns, data } = readWeight(model, layer)
  return matrix(rows, columns, data)
}

function factorKey(
  layer: LinearLayer,
  { modelHash, method, damping, calibrationHash }: FactorizeInputs
): string {
  const data = method.needsCalibration ? { calibrationHash, calibrationVersion, damping } : {}
  return sha256Text(
    canonicalJson({
      modelHash,
      matrix: layerMatrix(layer),
      method: method.name,
      version: method.version,
      ...data
    })
  )
}

function encodeFactors({ down, up, singularValues, inputMean }: LowRankFactors): Uint8Array {
  const header = { inFeatures: down.rows, outFeatures: up.columns }
  const mean = inputMean === undefined ? {} : { inputMean }
  return encodeArrays(header, { down: down.data, up: up.data, singularValues, ...mean })
}

function decodeFactors(bytes: Uint8Array): LowRankFactors {
  const { header, arrays } = decodeArrays(bytes)
  const { inFeatures, outFeatures } = header as { inFeatures: number; outFeatures: number }
  const { down, up, singularValues, inputMean } = arrays
  if (!(
    down instanceof Float64Array &&
    up instanceof Float64Array &&
    singularValues instanceof Float64Array
  )) {
    throw new WorkbenchError('io', 'A cached factor does not hold its arrays; clear the workspace cache.')
  }
  const k = singularValues.length
  const factors = { down: matrix(inFeatures, k, down), up: matrix(k, outFeatures, up), singularValues }
  return inputMean instanceof Float64Array ? { ...factors, inputMean } : factors
}
