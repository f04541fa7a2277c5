/** Runs one hostile case and says what became of it: it must end in success or in one coded error, soon and small. */
import { cpuUsage, memoryUsage, resourceUsage } from 'node:process'
import { runInThisContext } from 'node:vm'
import { WorkbenchError } from '@contract/errors'

export interface Attempt {
  /** `accepted`, or the code of the error that refused the case. */
  readonly outcome: string
  /** What is wrong with how it ended, if anything is. */
  readonly failure: string | undefined
  /** Processor time of the case; wall-clock time would measure the machine's other work. */
  readonly milliseconds: number
  /** By which the heap with its buffers, or the largest memory of the process, grew. */
  readonly growthMegabytes: number
}

export interface AttemptLimits {
  readonly milliseconds: number
  readonly growthMegabytes: number
}

/**
 * "Within one second" of the issue, and memory in proportion to the file: a field of two bytes may become an object of 80,
 * but nothing may follow a number that the file only claims.
 */
export function limitsFor(sizeBytes: number, growthPerMegabyte = 40): AttemptLimits {
  const fileMegabytes = sizeBytes / 2 ** 20
  return {
    milliseconds: 1000 * Math.max(1, fileMegabytes),
    growthMegabytes: 64 + growthPerMegabyte * fileMegabytes
  }
}

/**
 * After this a synchronous step is stopped from outside and counts as hanging. By the clock on the wall, so it leaves room
 * for a machine that does other things; what is only slow is told by its processor time.
 */
const hangMilliseconds = 30_000

const slot = '__latheAttempt'

/** Runs a synchronous step that can be stopped. @throws what it throws, or an error of node:vm when it hangs. */
function runInterruptible<T>(step: () => T): T {
  const globals = globalThis as Record<string, unknown>
  globals[slot] = step
  return runInThisContext(`globalThis.${slot}()`, { timeout: hangMilliseconds }) as T
}

/**
 * - `work` may return a function, or a promise of one: the next step. Of each step only what runs before its first await
 *   can be stopped when it hangs.
 */
export async function attempt(work: () => unknown, limits: AttemptLimits): Promise<Attempt> {
  const before = measure()
  let outcome = 'accepted'
  let failure: string | undefined
  try {
    for (let step = await runInterruptible(work); typeof step === 'function';) {
      const next = step as () => unknown
      step = await runInterruptible(next)
    }
  } catch (thrown) {
    if (thrown instanceof WorkbenchError && thrown.code !== 'internal') outcome = thrown.code
    else failure = describe(thrown)
  }
  const after = measure()
  const milliseconds = after.milliseconds - before.milliseconds
  const growthMegabytes =
    Math.max(after.heapBytes - before.heapBytes, after.peakBytes - before.peakBytes) / 2 ** 20
  if (failure === undefined && milliseconds > limits.milliseconds) {
    failure = `took ${Math.round(milliseconds)} ms and was ${outcome}`
  }
  if (failure === undefined && growthMegabytes > limits.growthMegabytes) {
    failure = `took ${Math.round(growthMegabytes)} MB and was ${outcome}`
  }
  return { outcome, failure, milliseconds, growthMegabytes }
}

function measure(): { milliseconds: number; heapBytes: number; peakBytes: number } {
  const { user, system } = cpuUsage()
  const { heapUsed, external } = memoryUsage()
  return {
    milliseconds: (user + system) / 1000,
    heapBytes: heapUsed + external,
    peakBytes: resourceUsage().maxRSS * 1024
  }
}

function describe(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `threw ${String(thrown)}`
  const code = thrown instanceof WorkbenchError ? `[${thrown.code}] ` : ''
  const where = (thrown.stack ?? '').split('\n').filter((line) => line.includes('src-main/'))
  const message = thrown.message.length > 300 ? `${thrown.message.slice(0, 300)}...` : thrown.message
  return `threw ${thrown.name}: ${code}${message} ${where.slice(0, 3).join(' ').trim()}`
}

/** Sums up what came of many cases. */
export class Tally {
  cases = 0
  slowestMilliseconds = 0
  largestGrowthMegabytes = 0
  readonly outcomes = new Map<string, number>()

  add({ outcome, milliseconds, growthMegabytes }: Attempt): void {
    this.cases++
    this.slowestMilliseconds = Math.max(this.slowestMilliseconds, milliseconds)
    this.largestGrowthMegabytes = Math.max(this.largestGrowthMegabytes, growthMegabytes)
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1)
  }

  get accepted(): number {
    return this.outcomes.get('accepted') ?? 0
  }
}
