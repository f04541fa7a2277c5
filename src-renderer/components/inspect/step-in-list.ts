/** How far each key goes. */
const steps: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  Home: -Infinity,
  End: Infinity
}

/**
 * The place in a list of `count` to which a key leads from `index`; undefined for other keys and an empty list.
 *
 * - `index`  -1 where nothing is chosen: the first step down then leads to the first place.
 */
export function stepInList(key: string, index: number, count: number): number | undefined {
  const step = steps[key]
  if (step === undefined || count === 0) return undefined
  const from = index < 0 && step < 0 ? 0 : index
  return Math.min(count - 1, Math.max(0, from + step))
}
