/** Runs a great many hostile cases and reports what came of them. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { firstSeed, recordFigure } from '../effort'
import { attempt, limitsFor, Tally, type Attempt } from './attempt'

export interface HostileCase {
  readonly bytes: Uint8Array
  /** What it was made from and what was done to it, in order. */
  readonly story: string
}

export interface FuzzOptions<Case extends HostileCase = HostileCase> {
  /** Of the figures: `fuzz: models`. */
  readonly name: string
  readonly cases: number
  readonly make: (seed: number) => Case
  readonly run: (hostile: Case, seed: number) => unknown
  /** Megabytes of memory that a megabyte of file may take, where that is more than of a model. */
  readonly growthPerMegabyte?: number
  /** A smaller file for which the predicate still holds. */
  readonly shrink?: (bytes: Uint8Array, fails: (bytes: Uint8Array) => Promise<boolean>) => Promise<Uint8Array>
}

/** After as many the rest is not tried: they mostly have one cause. */
const mostFailures = 10

/** Failures in words, with the seed and the place of a file for the corpus; none is what is wanted. Figures are recorded. */
export async function fuzz<Case extends HostileCase>(options: FuzzOptions<Case>): Promise<string[]> {
  const { name, cases, make, run, growthPerMegabyte } = options
  const tally = new Tally()
  const failures: string[] = []
  for (let seed = firstSeed; seed < firstSeed + cases && failures.length < mostFailures; seed++) {
    const hostile = make(seed)
    const result = await attempt(
      () => run(hostile, seed),
      limitsFor(hostile.bytes.byteLength, growthPerMegabyte)
    )
    tally.add(result)
    if (result.failure !== undefined) failures.push(await report(options, seed, hostile, result))
  }
  const codes = [...tally.outcomes].filter(([outcome]) => outcome !== 'accepted')
  recordFigure(`${name}: tried`, tally.cases)
  recordFigure(`${name}: accepted`, tally.accepted)
  recordFigure(
    `${name}: refused with a code`,
    codes.reduce((sum, [, count]) => sum + count, 0)
  )
  recordFigure(`${name}: slowest case, processor ms`, Math.round(tally.slowestMilliseconds))
  recordFigure(`${name}: largest memory growth of a case, MB`, Math.round(tally.largestGrowthMegabytes))
  return failures
}

async function report<Case extends HostileCase>(
  { run, shrink, growthPerMegabyte }: FuzzOptions<Case>,
  seed: number,
  hostile: Case,
  { failure }: Attempt
): Promise<string> {
  const kind = kindOf(failure)
  const fails = async (bytes: Uint8Array) => {
    const { failure: other } = await attempt(
      () => run({ ...hostile, bytes }, seed),
      limitsFor(bytes.byteLength, growthPerMegabyte)
    )
    return other !== undefined && kindOf(other) === kind
  }
  const bytes = shrink === undefined ? hostile.bytes : await shrink(hostile.bytes, fails)
  const file = join(mkdtempSync(join(tmpdir(), 'lathe-fuzz-')), String(seed))
  writeFileSync(file, bytes)
  return `seed ${seed}: ${failure}\n  ${hostile.story.slice(0, 500)}\n  ${hostile.bytes.byteLength} bytes, ${bytes.byteLength} in '${file}' for tests/torture/corpus`
}

/** A failure without its numbers: a smaller case may fail a little faster. */
function kindOf(failure: string | undefined): string {
  return (failure ?? '').replace(/\d+/gu, '').slice(0, 60)
}
