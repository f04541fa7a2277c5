/**
 * Ways in which a single hypothesis is broken rather than a little wrong.
 *
 * Over-compressed decoders first lose the ability to stop (loops, runaway length), then content; an average
 * error rate hides both. A flag is a reason to look and to listen, not a measurement.
 */

/** Every flag, in the order in which they are reported. */
export const failureFlagNames = ['empty', 'truncated', 'runaway', 'repeated'] as const
export type FailureFlag = (typeof failureFlagNames)[number]

const LONGEST_LOOP_WORDS = 4
const FEWEST_REPETITIONS = 4
const SHORTEST_TRUNCATED_REFERENCE_WORDS = 6

/**
 * The flags of one utterance, in the order of `failureFlagNames`; none for a hypothesis that is merely wrong.
 *
 * With n words in the reference and m in the hypothesis:
 * - `empty`: m = 0 and n > 0;
 * - `truncated`: 0 < m < n ÷ 3 and n ≥ 6. An empty hypothesis is flagged as empty only;
 * - `runaway`: m > 2 n + 3; the 3 lets a word or two against an empty or one-word reference pass;
 * - `repeated`: some 1 to 4 words stand at least 4 times in a row, and the reference has no such row of the same
 *   words, started at whichever of them.
 *
 * - `reference`, `hypothesis` normalised words, [n] and [m]; not modified.
 */
export function failureFlags(reference: readonly string[], hypothesis: readonly string[]): FailureFlag[] {
  const n = reference.length
  const m = hypothesis.length
  const holds: Record<FailureFlag, boolean> = {
    empty: m === 0 && n > 0,
    truncated: m > 0 && 3 * m < n && n >= SHORTEST_TRUNCATED_REFERENCE_WORDS,
    runaway: m > 2 * n + 3,
    repeated: hasNewLoop(reference, hypothesis)
  }
  return failureFlagNames.filter((flag) => holds[flag])
}

function hasNewLoop(reference: readonly string[], hypothesis: readonly string[]): boolean {
  const expected = loopsOf(reference)
  return Array.from(loopsOf(hypothesis)).some((loop) => !expected.has(loop))
}

/** The word groups that stand often enough in a row, each written from its alphabetically first rotation. */
function loopsOf(words: readonly string[]): Set<string> {
  const loops = new Set<string>()
  for (let period = 1; period <= LONGEST_LOOP_WORDS; period++) {
    // A stretch in which every word equals the one a period before it is a row of repetitions.
    let stretch = 0
    for (let i = period; i < words.length; i++) {
      stretch = words[i] === words[i - period] ? stretch + 1 : 0
      if (stretch >= period * (FEWEST_REPETITIONS - 1)) loops.add(loopKey(words.slice(i - period + 1, i + 1)))
    }
  }
  return loops
}

/** Words hold no white space, so joining them with a space is unambiguous. */
function loopKey(group: readonly string[]): string {
  // "a a" four times is "a" eight times: reduce to the shortest period, so that both have one key.
  const period = group.findIndex(
    (_, shift) => shift > 0 && group.every((word, i) => word === group[(i + shift) % group.length])
  )
  const root = period > 0 ? group.slice(0, period) : group
  const rotations = root.map((_, shift) => [...root.slice(shift), ...root.slice(0, shift)].join(' '))
  return rotations.sort()[0]!
}
