/**
 * Times the products that ranks are about on this machine: x · W and (x · down) · up, for the shapes of a model.
 *
 * Weights are stored constants, as in a real model: the runtime packs them once. Measurements that are compared are
 * interleaved, so that a busy moment meets all of them, and medians leave out what a moment did.
 */
import { WorkbenchError } from '@contract/errors'
import type { LatencyTable } from '@contract/rank-plan'
import type { Precision } from '@contract/recipe'
import { throwIfCancelled } from '../../base/abort'
import type { Clock } from '../../base/clock'
import { createPrng } from '../../base/prng'
import { breakEvenRank } from '../../compression/allocation/break-even'
import { rankMultipleOf } from '../../compression/allocation/rank-multiple'
import { applyPrecision } from '../../compression/methods/precisions'
import { GraphBuilder } from '../../onnx/build/graph-builder'
import type { Model } from '../../onnx/ir/model'
import { float32Tensor } from '../../onnx/ir/tensor'
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'
import { encodeModel } from '../../onnx/serde/encode-model'
import type { InferenceBackend, InferenceSession, RuntimeTensor } from '../../runtime/inference-backend'
import type { JobContext } from '../serve'

/** Raised when the same machine would be timed in another way. */
export const machineProbeVersion = 1

/** A product [rows, in] · [in, out] to time. */
export interface TimedShape {
  readonly inFeatures: number
  readonly outFeatures: number
  readonly rows: number
}

export interface ProbeInputs {
  /** Each shape once, as `timedShapes` gives them. */
  readonly shapes: readonly TimedShape[]
  readonly backend: InferenceBackend
  readonly clock: Clock
  readonly threads: number
  readonly precision: Precision
  /** The processor's name, for the table's conditions. */
  readonly processor: string
  /** About how long the timed runs may take together; the fewest runs are made in any case. Default 10. */
  readonly seconds?: number
}

export interface MachineProbe {
  readonly table: LatencyTable
  /** The tile: ranks between two multiples of it save no time. 1 when no staircase was seen. */
  readonly rankMultiple: number
}

/** Ranks spread over each curve, from 1 to break-even. */
const spreadRanks = 12

/** Lengths of stretches that are scanned rank by rank for a staircase; twice the largest tile and a bit. */
const scannedRanks = 72

/** Fewest and most timed rounds; in each, every product of a shape runs once. */
const [fewestRounds, mostRounds] = [5, 25]

/**
 * Measures the latency table of this machine and reads the tile off it.
 *
 * Takes about `seconds`. Numbers differ from run to run; whoever plans with them keeps the table with the plan's
 * conditions.
 *
 * @throws WorkbenchError `invalid-input` without shapes, `cancelled`.
 */
export async function probeMachine(inputs: ProbeInputs, context: JobContext): Promise<MachineProbe> {
  const { shapes, backend, threads, precision, processor, seconds = 10 } = inputs
  if (shapes.length === 0) {
    throw new WorkbenchError('invalid-input', 'There are no shapes to time; select layers to compress first.')
  }
  const scanned = shapes.reduce((a, b) =>
    b.inFeatures * b.outFeatures > a.inFeatures * a.outFeatures ? b : a
  )
  const plans = shapes.map((shape) => ({ shape, ranks: ranksToTime(shape, shape === scanned) }))
  const products = plans.reduce((sum, { ranks }) => sum + ranks.length + 1, 0)
  const measured: LatencyTable['shapes'] = []
  let completed = 0
  for (const { shape, ranks } of plans) {
    const share = (ranks.length + 1) / products
    const [dense, ...pairs] = await timeProducts(
      shape,
      ranks,
      { inputs, milliseconds: seconds * 1000 * share },
      context
    )
    measured.push({
      ...shape,
      denseMilliseconds: dense!,
      points: ranks.map((rank, index) => ({ rank, milliseconds: pairs[index]! }))
    })
    completed++
    context.progress({ stage: 'time this machine', completed, total: shapes.length, unit: 'shapes' })
  }
  const rankMultiple = rankMultipleOf(measured.map(({ points }) => points))
  const conditions = { processor, runtime: backend.description, threads, precision }
  const interpolation = rankMultiple > 1 ? 'step' : 'linear'
  return {
    table: { latencyTableVersion: 1, conditions, interpolation, shapes: measured },
    rankMultiple
  }
}

/**
 * The shapes behind layers, each once.
 *
 * - `macs`  multiply-accumulates of one run by `nodeOutput` (`countMacs`). Layers without any, such as embeddings, have no
 *           product to time.
 */
export function timedShapes(layers: readonly LinearLayer[], macs: ReadonlyMap<string, number>): TimedShape[] {
  const shapes = new Map<string, TimedShape>()
  for (const { nodeOutput, inFeatures, outFeatures } of layers) {
    const rows = (macs.get(nodeOutput) ?? 0) / (inFeatures * outFeatures)
    if (rows >= 1) shapes.set(`${inFeatures} ${outFeatures} ${rows}`, { inFeatures, outFeatures, rows })
  }
  return [...shapes.values()]
}

/** Ascending, up to break-even, which a curve must reach. */
function ranksToTime({ inFeatures, outFeatures }: TimedShape, isScanned: boolean): number[] {
  const most = Math.max(1, breakEvenRank(inFeatures, outFeatures))
  const ranks = Array.from({ length: spreadRanks }, (_, index) =>
    Math.max(1, Math.round((most * (index + 1)) / spreadRanks))
  )
  // Around a quarter and three quarters of the way, where plans usually end up.
  const starts = isScanned
    ? [most / 4, (3 * most) / 4].map((centre) => Math.round(centre - scannedRanks / 2))
    : []
  const scans = starts.flatMap((start) => Array.from({ length: scannedRanks }, (_, index) => start + index))
  const all = [1, ...ranks, ...scans].filter((rank) => rank >= 1 && rank <= most)
  return [...new Set(all)].sort((a, b) => a - b)
}

/** Median milliseconds of the dense product, then of the pair at each rank. */
async function timeProducts(
  shape: TimedShape,
  ranks: readonly number[],
  { inputs, milliseconds }: { readonly inputs: ProbeInputs; readonly milliseconds: number },
  context: JobContext
): Promise<number[]> {
  const { backend, clock, threads, precision } = inputs
  const { inFeatures, outFeatures, rows } = shape
  // One drawing for all: what the values are does not matter, drawing millions of them takes longer than timing them.
  const values = noise(Math.max(rows, outFeatures) * inFeatures)
  const models = [
    productModel(values, [inFeatures, outFeatures]),
    ...ranks.map((rank) => productModel(values, [inFeatures, rank, outFeatures]))
  ]
  const x: RuntimeTensor = {
    dataType: 'float32',
    dims: [rows, inFeatures],
    data: values.subarray(0, rows * inFeatures)
  }
  const sessions: InferenceSession[] = []
  try {
    for (const model of models) {
      throwIfCancelled(context.signal)
      const bytes = encodeModel(applyPrecision(model, precision))
      const session = await backend.open({ kind: 'bytes', bytes }, { threads })
      sessions.push(session)
      // The first run pays for memory that later ones reuse.
      await session.run({ x }, ['y'])
      await context.breathe()
    }
    const times: number[][] = sessions.map(() => [])
    const start = clock.nowMilliseconds()
    for (let round = 0; round < mostRounds; round++) {
      if (round >= fewestRounds && clock.nowMilliseconds() - start > milliseconds) break
      for (const [index, session] of sessions.entries()) {
        const before = clock.nowMilliseconds()
        await session.run({ x }, ['y'])
        times[index]!.push(clock.nowMilliseconds() - before)
      }
      await context.breathe()
      throwIfCancelled(context.signal)
    }
    return times.map(median)
  } finally {
    for (const session of sessions) await session.release()
  }
}

/** y = x · W_1 · W_2 ...; the sizes are those of the values in between. */
function productModel(values: Float32Array, sizes: readonly number[]): Model {
  const builder = new GraphBuilder('product')
  let value = builder.input('x', 'float32', ['rows', sizes[0]!])
  for (let i = 1; i < sizes.length; i++) {
    const dims = [sizes[i - 1]!, sizes[i]!]
    const weight = builder.initializer(float32Tensor(`w${i}`, dims, values.subarray(0, dims[0]! * dims[1]!)))
    value = builder.node('MatMul', [value, weight], i === sizes.length - 1 ? { outputs: ['y'] } : {})
  }
  builder.output('y', 'float32', ['rows', sizes.at(-1)!])
  return builder.build()
}

/** Values of ordinary size: a product does not care which, but would be slow on denormals. */
function noise(count: number): Float32Array {
  const prng = createPrng(1)
  return Float32Array.from({ length: count }, () => prng.uniform() - 0.5)
}

/** Clocks that are coarser than a run may read 0, which no table takes. */
const leastMilliseconds = 1e-6

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return Math.max(leastMilliseconds, sorted[sorted.length >> 1]!)
}
