/** Reads ONNX Runtime's profile: a list of events in the trace format of Chromium. */

/** What is read of an event; times are microseconds. */
interface ProfileEvent {
  readonly cat?: string
  readonly name: string
  readonly ts: number
  readonly dur: number
}

/**
 * Milliseconds inside kernels, for each run in the profile. Kernels inside kernels (the body of a Scan) count once.
 */
export function kernelMilliseconds(profile: string): number[] {
  const events = JSON.parse(profile) as readonly ProfileEvent[]
  const kernels = events
    .filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'))
    .sort((a, b) => a.ts - b.ts)
  return events
    .filter(({ name }) => name === 'model_run')
    .sort((a, b) => a.ts - b.ts)
    .map((run) => {
      let [sum, covered] = [0, run.ts]
      for (const { ts, dur } of kernels) {
        const end = ts + dur
        if (ts < run.ts || ts >= run.ts + run.dur || end <= covered) continue
        sum += end - Math.max(ts, covered)
        covered = end
      }
      return sum / 1000
    })
}
