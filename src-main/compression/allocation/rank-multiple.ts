/**
 * The tile of a machine's kernels, read off measured times: the multiple at which latency steps.
 *
 * Kernels work in tiles, so ranks within one tile cost the same and a rank just above a multiple pays for a whole new one.
 * Over a stretch of neighbouring ranks two models are fitted: a straight line, and a line over the rank rounded up to a
 * multiple (a staircase). A staircase is believed only where it explains clearly more.
 *
 * Source: own derivation. Limits: multiples beyond half a stretch are not seen.
 */

/** Time of a pair of factors at one rank. */
export interface RankTiming {
  readonly rank: number
  readonly milliseconds: number
}

/** What kernels are tiled by; powers of two on every processor that ONNX Runtime knows. */
export const candidateMultiples: readonly number[] = [2, 4, 8, 16, 32]

/** A staircase must leave less than this share of what a straight line leaves unexplained. */
const believedShare = 0.5

/** Among staircases nearly as good as the best, the smallest multiple: it leaves most choice. */
const nearlyBest = 1.15

/** Of a stretch's mean time: steps below this are no reason to give up choice. */
const smallestStepShare = 0.002

/**
 * The smallest multiple with which latency steps; 1 when no staircase is visible.
 *
 * - `curves`  times of one shape each, ranks ascending. Only stretches of neighbouring ranks (differing by 1) tell
 *             anything, and a multiple needs a stretch of at least twice its length. All stretches decide together.
 */
export function rankMultipleOf(curves: readonly (readonly RankTiming[])[]): number {
  const stretches = curves.flatMap(neighbouringStretches)
  const straight = unexplained(stretches, 1)
  const staircases = candidateMultiples
    .filter((multiple) => stretches.some(({ length }) => length >= 2 * multiple))
    .map((multiple) => ({
      multiple,
      left: unexplained(stretches, multiple),
      steps: stretches.every((stretch) => stepShare(stretch, multiple) >= smallestStepShare)
    }))
  const best = Math.min(...staircases.map(({ left }) => left))
  if (!(best < believedShare * straight)) return 1
  const found = staircases.find(({ left, steps }) => steps && left <= nearlyBest * best)
  return found?.multiple ?? 1
}

/** Runs of ranks without a gap, of 4 or more. */
function neighbouringStretches(curve: readonly RankTiming[]): (readonly RankTiming[])[] {
  const stretches: RankTiming[][] = []
  for (const point of curve) {
    const last = stretches.at(-1)
    if (last?.at(-1)?.rank === point.rank - 1) last.push(point)
    else stretches.push([point])
  }
  return stretches.filter(({ length }) => length >= 4)
}

/** Σ over stretches of the squared residuals ÷ squared mean time: shapes of different size count alike. */
function unexplained(stretches: readonly (readonly RankTiming[])[], multiple: number): number {
  return stretches.reduce((sum, stretch) => {
    const { residual, mean } = fit(stretch, multiple)
    return sum + residual / mean ** 2
  }, 0)
}

/** The height of one step ÷ the mean time. */
function stepShare(stretch: readonly RankTiming[], multiple: number): number {
  const { slope, mean } = fit(stretch, multiple)
  return (slope * multiple) / mean
}

/** Least squares of milliseconds = a + slope · (rank rounded up to the multiple). */
function fit(
  stretch: readonly RankTiming[],
  multiple: number
): { readonly residual: number; readonly slope: number; readonly mean: number } {
  const count = stretch.length
  const xs = stretch.map(({ rank }) => Math.ceil(rank / multiple) * multiple)
  const mean = stretch.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / count
  const xMean = xs.reduce((sum, x) => sum + x, 0) / count
  let [xx, xy] = [0, 0]
  stretch.forEach(({ milliseconds }, index) => {
    xx += (xs[index]! - xMean) ** 2
    xy += (xs[index]! - xMean) * (milliseconds - mean)
  })
  const slope = xx === 0 ? 0 : xy / xx
  const residual = stretch.reduce(
    (sum, { milliseconds }, index) => sum + (milliseconds - mean - slope * (xs[index]! - xMean)) ** 2,
    0
  )
  return { residual, slope, mean }
}
