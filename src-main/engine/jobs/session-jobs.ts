/** Jobs that look at a model through a build session without making another one. */
import { WorkbenchError } from '@contract/errors'
import { defaultExcludedRoles } from '@contract/recipe'
import { hasInputRows, layerInputKey } from '../../compression/layer-inputs'
import { layerMatrix } from '../../compression/layer-matrix'
import { selectLayers } from '../../compression/select-layers'
import { readWeight } from '../../onnx/linear-layer/read-weight'
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'
import { inferShapes } from '../../onnx/shapes/infer-shapes'
import { inputShapes } from '../../speech/families/model-feeds'
import type { EngineRequests, LayerParams, PlanParams, ProbeParams, SpectraParams } from '../protocol'
import type { JobContext } from '../serve'
import type { BuildSession } from './build-session'
import { describeSpectra } from './describe-spectra'
import { factorsOf } from './make-low-rank'
import { requireDescription } from './open-model'
import { planFigures, probeOf } from './plan-figures'
import { planModel } from './plan-model'
import { referenceSamples } from './reference-input'
import { twinSpectra } from './twin-spectra'
import { weightStatistics } from './weight-statistics'

/** Chooses ranks and puts uniform ones beside them. */
export async function planJob(
  session: BuildSession,
  { making, evaluationThreads }: PlanParams,
  context: JobContext
): Promise<EngineRequests['model.plan']['result']> {
  // Before the long work, not after it: what is counted for a budget depends on how the model is driven.
  requireDescription(session.opened)
  const { layers, factors } = await factorsOf(session, making, context)
  const figures = await planFigures(session, making, { layers, factors, evaluationThreads }, context)
  return planModel({ modelHash: session.opened.modelHash, ...figures })
}

/** The spectra of the chosen layers, of the weights alone and, with a calibration set, of their outputs. */
export async function spectraJob(
  session: BuildSession,
  { selection, damping }: SpectraParams,
  context: JobContext
): Promise<EngineRequests['model.spectra']['result']> {
  const { modelHash } = session.opened
  const settings = { selection, damping }
  const { layers, factors: weightSpectra } = await factorsOf(
    session,
    { ...settings, method: 'weight-svd' },
    context
  )
  if (!session.hasCalibrationSet) return describeSpectra({ modelHash, layers, weightSpectra })
  const whitened = await factorsOf(session, { ...settings, method: 'whitened-svd' }, context)
  const withRows = new Set(layers.filter(hasInputRows).map(layerMatrix))
  const spectra = new Map([...whitened.factors].filter(([matrix]) => withRows.has(matrix)))
  const calibrationHash = await session.calibrationHash(context)
  return describeSpectra({ modelHash, layers, weightSpectra, calibrated: { calibrationHash, spectra } })
}

/**
 * The numbers of one layer. Those of its inputs come with the statistics of all chosen layers, which are taken once; a layer
 * that is not chosen has none.
 */
export async function statisticsJob(
  session: BuildSession,
  { layerId, selection }: LayerParams,
  context: JobContext
): Promise<EngineRequests['weights.statistics']['result']> {
  const layer = layerOf(session, layerId)
  const chosen = selectLayers(session.model, session.layers, selection)
  const isWatched = session.hasCalibrationSet && hasInputRows(layer) && chosen.includes(layer)
  const moments = isWatched ? (await session.moments(chosen, context)).get(layerInputKey(layer)) : undefined
  return weightStatistics(layerId, readWeight(session.model, layer), moments)
}

/** The products of the attention that a layer belongs to. */
export async function twinsJob(
  session: BuildSession,
  { layerId }: LayerParams
): Promise<EngineRequests['model.twins']['result']> {
  const { model, layers, opened } = session
  const { description } = opened
  const shapes = inferShapes(model, description && inputShapes(description, referenceSamples(description)))
  return twinSpectra({ model, layers, layer: layerOf(session, layerId), shapes })
}

function layerOf({ layers, opened }: BuildSession, layerId: string): LinearLayer {
  const layer = layers.find(({ id }) => id === layerId)
  if (layer !== undefined) return layer
  throw new WorkbenchError(
    'not-found',
    `'${opened.name}' has no linear layer '${layerId}'; load the model again.`
  )
}

/** Times of this machine for the layers that a recipe compresses by default; taken `again` they replace those in the cache. */
export function probeJob(
  session: BuildSession,
  { threads, again }: ProbeParams,
  context: JobContext
): Promise<EngineRequests['machine.probe']['result']> {
  // How many rows a product has depends on how the model is driven.
  requireDescription(session.opened)
  const selection = { excludeRoles: defaultExcludedRoles, include: [], exclude: [] }
  const layers = selectLayers(session.model, session.layers, selection)
  return probeOf(session, { layers, precision: 'float32', threads, again }, context)
}
