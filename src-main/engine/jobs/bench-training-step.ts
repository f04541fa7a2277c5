/** Times whole training steps (forward, loss, gradients, update) of encoders of 2 M parameters, without any data of the user. */
import { join } from 'node:path'
import type { BenchFigure, BenchSection } from '@contract/bench-report'
import { throwIfCancelled } from '../../base/abort'
import type { Clock } from '../../base/clock'
import { createPrng } from '../../base/prng'
import { benchFigure } from '../../evaluation/bench-figure'
import { initialValues, StepRunner } from '../../adaptation/step-runner'
import { int64Vector, labelFeeds, type TrainingBatch } from '../../adaptation/training-data'
import { buildTrainingStep, type TrainingStep } from '../../adaptation/training-step'
import { elementCount } from '../../onnx/ir/tensor'
import type { InferenceBackend } from '../../runtime/inference-backend'
import { makeFolder } from '../../workspace/make-folder'
import { readSingleFile } from '../../workspace/read-single-file'
import type { BenchParams } from '../protocol'
import type { JobContext } from '../serve'
import { benchConformer, benchTransformer, buildBenchEncoder, type BenchEncoderSizes } from './bench-encoder'
import { elapsedFigures, timed, type Elapsed } from './bench-elapsed'
import { kernelMilliseconds } from './kernel-time'

export interface TrainingStepBench {
  readonly encoders: readonly BenchEncoderSizes[]
  readonly recordings: number
  readonly frames: number
  readonly labels: number
}

/** As in the goal: batch 16 x 75 frames. */
const standard: TrainingStepBench = {
  encoders: [benchTransformer, benchConformer],
  recordings: 16,
  frames: 75,
  labels: 20
}

interface Engine {
  readonly backend: InferenceBackend
  readonly clock: Clock
}

/**
 * Median time of a step with CTC and AdamW, one run of ONNX Runtime each, and the share of it that is spent outside the
 * runtime's kernels: between them, in the binding and in JavaScript. The runtime's profiler gives the time inside of kernels; it
 * makes everything between them slower, so each profiled step is set against one without it. What the profiler takes inside of
 * kernels is then missing from the share, down to 0.
 */
export async function benchTrainingStep(
  engine: Engine,
  params: Pick<BenchParams, 'runs' | 'evaluationThreads' | 'workspaceFolder'>,
  context: JobContext,
  bench: TrainingStepBench = standard
): Promise<BenchSection> {
  const { runs, evaluationThreads: threads } = params
  const figures: BenchFigure[] = []
  let parameters: string[] = []
  for (const [index, sizes] of bench.encoders.entries()) {
    const step = stepOf(sizes)
    const count = [...step.parameters.values()].reduce((sum, { dims }) => sum + elementCount(dims), 0)
    parameters = [...parameters, `${sizes.kind} ${(count / 1e6).toFixed(2)} M`]
    const batch = batchOf(step, sizes, bench)
    const times = await timeSteps(engine, { step, batch, threads, runs }, context)
    const folder = join(params.workspaceFolder, `profile-${index}`)
    const outside = await shareOutside(engine, { step, batch, threads, runs: Math.min(3, runs), folder })
    figures.push(...elapsedFigures(`${sizes.kind}, a step`, times))
    figures.push(benchFigure('  outside of kernels', '%', outside))
    context.progress({
      stage: 'training steps',
      completed: index + 1,
      total: bench.encoders.length,
      unit: 'models'
    })
  }
  return {
    title: 'A training step',
    remarks: [
      `${parameters.join(', ')} parameters; ${bench.recordings} recordings of ${bench.frames} frames, float32, CTC, AdamW, ${threads} thread(s).`,
      'Against PyTorch: python3 tests/performance/training-step-torch.py on the same machine and threads.'
    ],
    figures
  }
}

function stepOf(sizes: BenchEncoderSizes): TrainingStep {
  const model = buildBenchEncoder(sizes)
  const trainable = [...model.graph.initializers.values()].filter(
    ({ dataType, dims }) => dataType === 'float32' && dims.length > 0
  )
  return buildTrainingStep(model, {
    input: 'features',
    timeAxis: 1,
    logits: 'logits',
    blank: 0,
    trainable: trainable.map(({ name }) => name),
    optimizer: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
    maxGradientNorm: 1,
    groups: new Map(),
    accumulates: false
  })
}

function batchOf(
  { inputs }: TrainingStep,
  { features, classes }: BenchEncoderSizes,
  { recordings, frames, labels }: TrainingStepBench
): TrainingBatch {
  const prng = createPrng(1)
  const each = <T>(make: () => T) => Array.from({ length: recordings }, make)
  const drawn = each(() => Array.from({ length: labels }, () => 1 + prng.integer(classes - 1)))
  const data = Float32Array.from({ length: recordings * frames * features }, () => prng.normal())
  return {
    feeds: {
      features: { dataType: 'float32', dims: [recordings, frames, features], data },
      [inputs.validFrames]: int64Vector(each(() => frames)),
      ...labelFeeds(drawn, inputs)
    },
    recordings,
    audioSeconds: 0,
    countWordErrors: () => ({ wordErrors: 0, referenceWords: 0 })
  }
}

interface Steps {
  readonly step: TrainingStep
  readonly batch: TrainingBatch
  readonly threads: number
  readonly runs: number
}

async function timeSteps(
  { backend, clock }: Engine,
  { step, batch, threads, runs }: Steps,
  context: JobContext
): Promise<Elapsed[]> {
  const runner = await StepRunner.open(backend, step, initialValues(step), { threads, clock })
  try {
    const times: Elapsed[] = []
    // The first step is not counted: memory is laid out in it.
    for (let number = 1; number <= runs + 1; number++) {
      throwIfCancelled(context.signal)
      const elapsed = await timed(clock, () => runner.take([batch], rates(number)))
      if (number > 1) times.push(elapsed)
      await context.breathe()
    }
    return times
  } finally {
    await runner.release()
  }
}

function rates(stepNumber: number) {
  return { stepNumber, learningRate: 1e-4, groups: new Map<string, number>() }
}

/** Percent of each step's time that the kernels of another one, profiled right before it, do not account for. */
async function shareOutside(
  { backend, clock }: Engine,
  { step, batch, threads, runs, folder }: Steps & { readonly folder: string }
): Promise<number[]> {
  makeFolder(folder)
  const open = (options: { readonly profilePrefix?: string }) =>
    StepRunner.open(backend, step, initialValues(step), { threads, clock, ...options })
  const walls: number[] = []
  const plain = await open({})
  try {
    const profiled = await open({ profilePrefix: join(folder, 'step') })
    try {
      for (let number = 1; number <= runs + 1; number++) {
        await profiled.take([batch], rates(number))
        walls.push((await timed(clock, () => plain.take([batch], rates(number)))).wall)
      }
    } finally {
      await profiled.release()
    }
  } finally {
    await plain.release()
  }
  const kernels = kernelMilliseconds(await readSingleFile(folder))
  return walls.slice(1).map((wall, index) => 100 * Math.max(0, 1 - kernels[index + 1]! / wall))
}
