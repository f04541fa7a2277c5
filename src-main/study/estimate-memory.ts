/**
 * How much memory and disk making one model takes, by stated rules: for a decision before the start, not measurements. What
 * runs a model needs it in the runtime; what only cuts weights holds one layer at a time.
 */
import type { EstimatedModel } from './estimate-size'
import { storedBytes } from './estimate-size'
import { isLargeModel } from './large-model'
import type { TrialMaking } from './trial-spec'

/*
 * The constants are on the high side of what whisper-tiny-ctc (33 MB, 24 layers of at most 384 × 1536) was seen to take:
 * 233 MB for int8 and 305 MB for weight-svd without audio, 753 MB for whitened-svd in a study, 182 MB to run it.
 */

/** An engine process with its runtime and nothing opened. */
export const assumedEngineBytes = 150e6
/** The weights, once more while the runtime prepares them, and what flows through the layers. */
const bytesPerRunByte = 3
/** Of one weight under decomposition: itself in float64, its factors, and the work space of the eigen kernel. */
const bytesPerCutWeight = 64

/** Intermediate results that were not collected yet: of a small model little, of a large one no more than this. */
const uncollectedBuildBytes = 150e6
const uncollectedAudioBytes = 300e6
const uncollectedPerModelByte = 10

/** Memory of the engine that makes a model. `hasAudio`: it also runs it, for statistics or a check. */
export function builderBytes(
  making: TrialMaking,
  { sizeBytes, layers }: EstimatedModel,
  hasAudio: boolean
): number {
  const uncollected = uncollectedPerModelByte * sizeBytes
  const run = hasAudio ? bytesPerRunByte * sizeBytes + Math.min(uncollectedAudioBytes, uncollected) : 0
  const fixed = assumedEngineBytes + Math.min(uncollectedBuildBytes, uncollected)
  if (making.kind !== 'low-rank') return fixed + run
  const largest = Math.max(0, ...layers.map(({ inFeatures, outFeatures }) => inFeatures * outFeatures))
  return fixed + run + bytesPerCutWeight * largest + (hasAudio ? momentBytes(layers) : 0)
}

/** Memory of an engine that runs a model over recordings. */
export function runnerBytes(sizeBytes: number): number {
  return assumedEngineBytes + bytesPerRunByte * sizeBytes
}

/** Second moments of all layers' inputs in float64, where keys and values share those of the queries. */
export function momentBytes(layers: EstimatedModel['layers']): number {
  return layers.reduce(
    (sum, { role, inFeatures }) => sum + (role === 'k' || role === 'v' ? 0 : 8 * inFeatures ** 2),
    0
  )
}

/** Factors of every rank in float64, as they are cached. */
export function factorBytes(layers: EstimatedModel['layers']): number {
  return layers.reduce(
    (sum, { inFeatures, outFeatures }) =>
      sum + 8 * Math.min(inFeatures, outFeatures) * (inFeatures + outFeatures),
    0
  )
}

/**
 * What is in the workspace's `tmp/` while a model is made, at its largest: factors in float32, cut but not stored, and
 * large models that are made to be run. At full rank that is the model with both factors in place of each weight, which no
 * other exceeds but the two that calibration in stages runs side by side. `hasAudio` as in `builderBytes`; without audio
 * nothing is run.
 */
export function temporaryBytes(making: TrialMaking, model: EstimatedModel, hasAudio: boolean): number {
  if (making.kind !== 'low-rank') return 0
  const tier = storedBytes({ ...making, precision: 'float32' }, model)
  if (!hasAudio) return tier
  const factors = factorBytes(model.layers) / 2
  const weights = model.layers.reduce((sum, layer) => sum + 4 * layer.inFeatures * layer.outFeatures, 0)
  const onDisk = (bytes: number) => (isLargeModel(bytes) ? bytes : 0)
  const fullRank = factors + onDisk(Math.max(0, model.sizeBytes - weights) + factors)
  const stages = making.calibration === 'original' ? 0 : onDisk(model.sizeBytes) + onDisk(tier)
  return Math.max(fullRank, stages)
}

/** What compressing one model takes; the disk is that of the workspace, and the export takes `modelBytes` once more. */
export interface BuildCosts {
  readonly memoryBytes: number
  readonly modelBytes: number
  readonly cacheBytes: number
  readonly temporaryBytes: number
}

export function estimateBuild(making: TrialMaking, model: EstimatedModel, hasAudio: boolean): BuildCosts {
  return {
    memoryBytes: builderBytes(making, model, hasAudio),
    modelBytes: making.kind === 'baseline' ? model.sizeBytes : storedBytes(making, model),
    cacheBytes:
      making.kind === 'low-rank' ? factorBytes(model.layers) + (hasAudio ? momentBytes(model.layers) : 0) : 0,
    temporaryBytes: temporaryBytes(making, model, hasAudio)
  }
}

/** What of a training recipe decides its memory. */
export interface EstimatedTraining {
  readonly trainedParameters: number
  /** Of one batch, padding included. */
  readonly batchAudioSeconds: number
  readonly isCheckpointed: boolean
}

/*
 * Training whisper-tiny-ctc in batches of 30 s was seen to take 546 MB for its last block and 1055 MB for all of it; by the
 * rule 0.98 GB and 1.24 GB, since what a frozen layer does not keep is not known here.
 */

/** Weight, gradient, two moments of the optimizer, the best so far, and copies on their way in and out of the runtime. */
const bytesPerTrainedParameter = 4 * 10
/** What is kept for the gradients of a layer besides its input and output: activation function, norm, attention. */
const keptPerActivation = 4
/** Weight and two moments, the best so far, and the one before while it is replaced. */
const checkpointBytesPerParameter = 4 * 4 * 2

export interface TrainingCosts {
  readonly memoryBytes: number
  /** Of the workspace: checkpoint and trained model. */
  readonly diskBytes: number
}

/**
 * - `model.layers` with their work, from which the frames per second of audio follow; a layer whose work is not known
 *   counts nothing.
 */
export function estimateTraining(
  model: Omit<EstimatedModel, 'layers'> & {
    readonly layers: readonly (EstimatedModel['layers'][number] & {
      readonly macsPerAudioSecond: number | null
    })[]
  },
  { trainedParameters, batchAudioSeconds, isCheckpointed }: EstimatedTraining
): TrainingCosts {
  const bytesPerSecond = model.layers.reduce((sum, { inFeatures, outFeatures, macsPerAudioSecond }) => {
    const framesPerSecond = (macsPerAudioSecond ?? 0) / (inFeatures * outFeatures)
    return sum + 4 * framesPerSecond * (inFeatures + outFeatures)
  }, 0)
  // Checkpointing keeps the borders of about the square root of all segments.
  const share = isCheckpointed ? 1 / Math.sqrt(Math.max(1, model.layers.length / 6)) : 1
  return {
    memoryBytes:
      runnerBytes(model.sizeBytes) +
      bytesPerTrainedParameter * trainedParameters +
      keptPerActivation * bytesPerSecond * batchAudioSeconds * share,
    diskBytes: checkpointBytesPerParameter * trainedParameters + model.sizeBytes
  }
}
