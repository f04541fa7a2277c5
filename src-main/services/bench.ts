/**
 * Benchmarks of one model on this machine: each part in an engine process of its own, one part after the other, so that
 * nothing but the part itself and the rest of the machine is in its way.
 */
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import type { BenchReport, BenchSection } from '@contract/bench-report'
import { evaluationSettingsSchema } from '@contract/recipe'
import { latheVersion } from '../base/lathe-version'
import type { EngineLauncher } from '../engine/launcher'
import type { BenchParams, SessionParams } from '../engine/protocol'
import { benchFigure } from '../evaluation/bench-figure'
import { removeQuietly } from '../workspace/files'
import { randomKey } from '../workspace/random-key'
import { evaluateModel } from './evaluate-model'
import type { ServiceOptions } from './requests'
import { withEngine } from './with-engine'

export interface BenchRequest {
  readonly modelPath: string
  readonly calibrationPath: string
  readonly datasetPath: string
  readonly parts: readonly BenchPart[]
  /** Fewer repetitions, tiers and calibration recordings. */
  readonly quick: boolean
  /** Threads of the engine's products, and of the models that are timed. */
  readonly threads: number
}

const amounts = {
  thorough: { runs: 9, utterances: 24, tiers: 10, studies: 3 },
  quick: { runs: 3, utterances: 8, tiers: 5, studies: 1, calibrationRecordings: 16 }
} as const

/** What can be measured by itself, in the order in which it is. */
export const benchParts = [
  'decomposition',
  'latency',
  'planning',
  'study',
  'batches',
  'processes',
  'training-step'
] as const
export type BenchPart = (typeof benchParts)[number]

/** Measures the parts that are asked for. Caches are in a folder of its own, which is removed afterwards. */
export async function runBenchmark(
  launcher: EngineLauncher,
  request: BenchRequest,
  options: ServiceOptions = {}
): Promise<BenchReport> {
  const session: SessionParams = {
    modelPath: request.modelPath,
    calibrationPath: request.calibrationPath,
    calibrationHash: undefined,
    workspaceFolder: join(tmpdir(), `lathe-bench-${randomKey()}`),
    resample: false,
    skipUnreadable: false,
    threads: request.threads
  }
  const bench: Bench = { launcher, request, session, options }
  try {
    const { modelHash, runtime } = await withEngine(launcher, (engine) =>
      engine.request('bench.conditions', { modelPath: request.modelPath }, options)
    )
    const sections: BenchSection[] = []
    for (const part of benchParts.filter((each) => request.parts.includes(each))) {
      sections.push(await measurePart(bench, part))
    }
    const processor = cpus()[0]?.model ?? 'unknown'
    const { node } = process.versions
    const conditions = { runtime, processor, cores: availableParallelism(), node, lathe: latheVersion }
    return { modelPath: request.modelPath, modelHash, conditions, sections }
  } finally {
    await removeQuietly(session.workspaceFolder)
  }
}

interface Bench {
  readonly launcher: EngineLauncher
  readonly request: BenchRequest
  readonly session: SessionParams
  readonly options: ServiceOptions
}

function measurePart({ launcher, request, session, options }: Bench, part: BenchPart): Promise<BenchSection> {
  if (part === 'batches') return batches(launcher, request, options)
  if (part === 'processes') return engineProcesses(launcher, request, session, options)
  const { datasetPath, quick, threads: evaluationThreads } = request
  const params: BenchParams = {
    ...session,
    ...(quick ? amounts.quick : amounts.thorough),
    part,
    datasetPath,
    evaluationThreads
  }
  return withEngine(launcher, (engine) => engine.request('bench.run', params, options))
}

/** Padded batches against one recording at a time, over the whole evaluation set. */
async function batches(
  launcher: EngineLauncher,
  { modelPath, datasetPath, threads }: BenchRequest,
  options: ServiceOptions
): Promise<BenchSection> {
  const settings = evaluationSettingsSchema.parse({ threads, throughput: true })
  const { measurement } = await evaluateModel(launcher, { modelPath, datasetPath, settings }, options)
  const { throughput, throughputObstacle } = measurement
  const title = 'Padded batches against one recording at a time'
  if (throughput === undefined)
    return { title, remarks: [throughputObstacle ?? 'Not measured.'], figures: [] }
  const { realTimeSpeed, unbatchedRealTimeSpeed } = throughput
  return {
    title,
    remarks: [`${threads} thread(s), one pass over ${measurement.utterances} recordings, alternating.`],
    figures: [
      benchFigure('one at a time', 's/s', [unbatchedRealTimeSpeed]),
      benchFigure('batches', 's/s', [realTimeSpeed]),
      benchFigure('  batches are faster', 'x', [realTimeSpeed / unbatchedRealTimeSpeed])
    ]
  }
}

/** Recordings that engines share in one run, and runs. */
const shared = { thorough: { utterances: 96, runs: 7 }, quick: { utterances: 24, runs: 3 } } as const

/** One recording at a time: in one engine with one thread and with all, and in as many engines as there are cores. */
async function engineProcesses(
  launcher: EngineLauncher,
  { quick, datasetPath }: BenchRequest,
  session: SessionParams,
  options: ServiceOptions
): Promise<BenchSection> {
  const cores = availableParallelism()
  const setups = [
    { name: '1 process, 1 thread', engines: 1, threads: 1 },
    { name: `1 process, ${cores} threads`, engines: 1, threads: cores },
    { name: `${cores} processes, 1 thread each`, engines: cores, threads: 1 }
  ]
  const { utterances, runs } = quick ? shared.quick : shared.thorough
  const speeds = setups.map((): number[] => [])
  for (let run = 0; run < runs; run++) {
    for (const [index, { engines, threads }] of setups.entries()) {
      const streams = await Promise.all(
        Array.from({ length: engines }, (_, engine) =>
          withEngine(launcher, (client) =>
            client.request(
              'bench.stream',
              { ...session, threads, datasetPath, utterances, engine, engines },
              options
            )
          )
        )
      )
      const start = Math.min(...streams.map(({ startedAt }) => startedAt))
      const end = Math.max(...streams.map(({ endedAt }) => endedAt))
      const audioSeconds = streams.reduce((sum, stream) => sum + stream.audioSeconds, 0)
      speeds[index]!.push((1000 * audioSeconds) / (end - start))
    }
  }
  const perRun = (index: number, other: number) =>
    speeds[index]!.map((speed, run) => speed / speeds[other]![run]!)
  return {
    title: 'Several engine processes against several threads',
    remarks: [`Baseline, ${utterances} recordings one at a time, shared among the processes.`],
    figures: [
      ...setups.map(({ name }, index) => benchFigure(name, 's/s', speeds[index]!)),
      benchFigure('  processes against threads', 'x', perRun(2, 1)),
      benchFigure('  processes against one thread', 'x', perRun(2, 0))
    ]
  }
}
