/**
 * How much is attacked, and what came of it.
 *
 * `npm test` runs the short form. `npm run test:torture` sets LATHE_TORTURE=full and prints every figure at the end.
 * LATHE_TORTURE_SEED moves all seeds, so that another run tries other cases.
 */
import { appendFileSync } from 'node:fs'
import { env } from 'node:process'

export const isFullTorture = env.LATHE_TORTURE === 'full'

/** The first seed of a run; a case that fails is named by its own seed and can be run alone. */
export const firstSeed = Number(env.LATHE_TORTURE_SEED ?? 1)

/** How many cases, points or trials: `short` inside `npm test`, `full` by itself. */
export function effort({ short, full }: { readonly short: number; readonly full: number }): number {
  return isFullTorture ? full : short
}

/** A measured result with its unit in the name, such as `fuzz: models tried` 10,000. Kept where the runner asks for it. */
export function recordFigure(name: string, value: number | string): void {
  const file = env.LATHE_TORTURE_FIGURES
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ name, value })}\n`)
}
