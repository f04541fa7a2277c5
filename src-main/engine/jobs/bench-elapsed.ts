import process from 'node:process'
import type { BenchFigure } from '@contract/bench-report'
import type { Clock } from '../../base/clock'
import { benchFigure } from '../../evaluation/bench-figure'

/** Milliseconds on the clock, and of processor time over all threads: on a machine with other work only these compare. */
export interface Elapsed {
  readonly wall: number
  readonly processor: number
}

export async function timed(clock: Clock, work: () => Promise<unknown>): Promise<Elapsed> {
  const [start, before] = [clock.nowMilliseconds(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(before)
  return { wall: clock.nowMilliseconds() - start, processor: (user + system) / 1000 }
}

/** Both figures of one thing. */
export function elapsedFigures(name: string, runs: readonly Elapsed[]): BenchFigure[] {
  return [
    benchFigure(
      name,
      'ms',
      runs.map(({ wall }) => wall)
    ),
    benchFigure(
      `${name}, processor time`,
      'ms',
      runs.map(({ processor }) => processor)
    )
  ]
}
