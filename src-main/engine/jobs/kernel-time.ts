/** Reads ONNX Runtime's profile: a list of events in the trace format of Chromium. */

/** What is read of an event; times are microseconds. */
interface ProfileEvent {
  readonly cat?: string
  readonly name: string
  readonly ts: number
  readonly dur: number
}

/**
 * Milliseconds inside kernels, for each run in the profile. Of a kernel that runs kernels itself (a Scan) only those count: what
 * is between them is the runtime's, and the profiler adds to it.
 */
export function kernelMilliseconds(profile: string): number[] {
  const events = JSON.parse(profile) as readonly ProfileEvent[]
  const kernels = events
    .filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'))
    .sort((a, b) => a.ts - b.ts || b.dur - a.dur)
    // Sorted by their beginning, what a kernel contains follows it.
    .filter(({ ts, dur }, index, all) => (all[index + 1]?.ts ?? Infinity) >= ts + dur)
  return events
    .filter(({ name }) => name === 'model_run')
    .sort((a, b) => a.ts - b.ts)
    .map((run) => {
      const inside = kernels.filter(({ ts }) => ts >= run.ts && ts < run.ts + run.dur)
      return inside.reduce((sum, { dur }) => sum + dur, 0) / 1000
    })
}
