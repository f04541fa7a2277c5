/**
 * Levenshtein alignment of two symbol sequences with unit costs and RapidFuzz's choice among equally short ones.
 *
 * The edit distance is unique, the split into substitutions, deletions and insertions is not. This file
 * reproduces the split that RapidFuzz, and through it jiwer, reports: the rule and its proof of equivalence are in
 * docs/numerics.md#word-errors. Symbols are integers; what they stand for is the caller's business.
 */

/** One step of an alignment. Deletions consume a reference symbol only, insertions a hypothesis symbol only. */
export type EditOperation = 'match' | 'substitution' | 'deletion' | 'insertion'

// Back-pointers, one byte per cell.
const MATCH = 0
const SUBSTITUTION = 1
const DELETION = 2
const INSERTION = 3
const operationNames: readonly EditOperation[] = ['match', 'substitution', 'deletion', 'insertion']

// RapidFuzz divides a problem in two once its two bit matrices (2 x band x hypothesis / 8 bytes) reach 1 MiB,
// that is at 2^22 cells, but never with fewer than 65 reference or 10 hypothesis symbols. The division changes
// ties, so the same limits decide here.
const CELLS_BEFORE_DIVIDING = 4 * 1024 * 1024
const SHORTEST_REFERENCE_TO_DIVIDE = 65
const SHORTEST_HYPOTHESIS_TO_DIVIDE = 10

/** Larger than any distance, small enough to be incremented in 32 bits. */
const OUTSIDE_BAND = 0x3fffffff

/** A part of the two sequences, and a number that its distance is known not to exceed. */
interface Section {
  readonly reference: Int32Array
  readonly hypothesis: Int32Array
  readonly largestDistance: number
}

/**
 * The cheapest way from `reference` to `hypothesis` (substitution, deletion and insertion cost 1 each), step by step.
 *
 * Rule: strip the common prefix, then the common suffix; fill the distance matrix; walk back from its end and take,
 * among the steps that lie on a shortest path, deletion before substitution before insertion before match.
 * Sections of 2^22 cells and more are first divided at the middle of the hypothesis (Hirschberg), at the first
 * reference position that gives the least distance.
 *
 * - `reference`  [n] symbols; not modified.
 * - `hypothesis` [m] symbols; not modified.
 *
 * Deterministic. Time O(n · m); memory at most 2^22 cells, or 64 · m, or 9 · n, and O(n + m) beside them.
 * Returns the operations in reading order: n + insertions of them.
 *
 * Source: RapidFuzz `Levenshtein.editops` (rapidfuzz-cpp, distance/Levenshtein_impl.hpp); H. Hyyrö, "A note on
 * bit-parallel alignment computation", Stringology 2004. Own formulation, docs/numerics.md#word-errors.
 */
export function editOperations(reference: Int32Array, hypothesis: Int32Array): EditOperation[] {
  const codes: number[] = []
  alignSection(
    { reference, hypothesis, largestDistance: Math.max(reference.length, hypothesis.length) },
    codes
  )
  return codes.map((code) => operationNames[code]!)
}

/** Appends the operation codes of a section, in reading order. */
function alignSection(section: Section, codes: number[]): void {
  const { prefix, suffix } = commonAffixes(section.reference, section.hypothesis)
  const reference = section.reference.subarray(prefix, section.reference.length - suffix)
  const hypothesis = section.hypothesis.subarray(prefix, section.hypothesis.length - suffix)
  const largestDistance = Math.min(section.largestDistance, Math.max(reference.length, hypothesis.length))
  const inner = { reference, hypothesis, largestDistance }

  for (let k = 0; k < prefix; k++) codes.push(MATCH)
  const isDivided =
    bandWidth(inner) * hypothesis.length >= CELLS_BEFORE_DIVIDING &&
    reference.length >= SHORTEST_REFERENCE_TO_DIVIDE &&
    hypothesis.length >= SHORTEST_HYPOTHESIS_TO_DIVIDE
  if (isDivided) {
    for (const half of divide(inner)) alignSection(half, codes)
  } else {
    alignByMatrix(inner, codes)
  }
  for (let k = 0; k < suffix; k++) codes.push(MATCH)
}

function commonAffixes(reference: Int32Array, hypothesis: Int32Array): { prefix: number; suffix: number } {
  const shorter = Math.min(reference.length, hypothesis.length)
  let prefix = 0
  while (prefix < shorter && reference[prefix] === hypothesis[prefix]) prefix++
  let suffix = 0
  while (suffix < shorter - prefix && reference.at(-1 - suffix) === hypothesis.at(-1 - suffix)) suffix++
  return { prefix, suffix }
}

/** Cells of a matrix row that a shortest path can visit: none is further from the diagonal than the distance. */
function bandWidth({ reference, largestDistance }: Section): number {
  return Math.min(reference.length, 2 * largestDistance + 1)
}

/** Two halves whose alignments join to a shortest one of the whole. */
function divide({ reference, hypothesis }: Section): [Section, Section] {
  const length = reference.length
  const middle = Math.floor(hypothesis.length / 2)
  const left = distancesOfPrefixes(reference, hypothesis.subarray(0, middle))
  const right = distancesOfPrefixes(reference.toReversed(), hypothesis.subarray(middle).toReversed())
  const total = (at: number): number => left[at]! + right[length - at]!

  let at = 0
  for (let candidate = 1; candidate <= length; candidate++) {
    if (total(candidate) < total(at)) at = candidate
  }
  return [
    {
      reference: reference.subarray(0, at),
      hypothesis: hypothesis.subarray(0, middle),
      largestDistance: left[at]!
    },
    {
      reference: reference.subarray(at),
      hypothesis: hypothesis.subarray(middle),
      largestDistance: right[length - at]!
    }
  ]
}

/** Distance from every prefix of the reference (length 0 to n) to the whole hypothesis: [n + 1], in O(n) memory. */
function distancesOfPrefixes(reference: Int32Array, hypothesis: Int32Array): Int32Array {
  const distances = Int32Array.from({ length: reference.length + 1 }, (_, i) => i)
  for (let j = 1; j <= hypothesis.length; j++) {
    const symbol = hypothesis[j - 1]!
    let diagonal = distances[0]!
    let above = j
    distances[0] = j
    for (let i = 1; i <= reference.length; i++) {
      const left = distances[i]!
      const replaced = diagonal + (reference[i - 1] === symbol ? 0 : 1)
      above = Math.min(above + 1, left + 1, replaced)
      distances[i] = above
      diagonal = left
    }
  }
  return distances
}

/** Fills the banded matrix and walks back. Appends the operation codes in reading order. */
function alignByMatrix(section: Section, codes: number[]): void {
  const { reference, hypothesis } = section
  const width = Math.min(reference.length + 1, 2 * section.largestDistance + 1)
  const start = (j: number): number =>
    Math.max(0, Math.min(j - section.largestDistance, reference.length + 1 - width))
  const pointers = fillPointers(section, width, start)

  const backwards: number[] = []
  let i = reference.length
  let j = hypothesis.length
  while (i > 0 && j > 0) {
    const code = pointers[(j - 1) * width + i - start(j)]!
    backwards.push(code)
    if (code !== INSERTION) i--
    if (code !== DELETION) j--
  }
  for (; i > 0; i--) backwards.push(DELETION)
  for (; j > 0; j--) backwards.push(INSERTION)
  for (let k = backwards.length - 1; k >= 0; k--) codes.push(backwards[k]!)
}

/**
 * The preferred step into each cell of the band: [hypothesis, width]. Row j holds reference positions from `start(j)`.
 *
 * Cells outside the band count as unreachable. On a shortest path that changes no decision: a step is preferred
 * only when it lies on a shortest path itself, and then the cell that it comes from is inside the band and exact.
 */
function fillPointers(section: Section, width: number, start: (j: number) => number): Uint8Array {
  const { reference, hypothesis, largestDistance } = section
  const pointers = new Uint8Array(hypothesis.length * width)
  let previous = new Int32Array(reference.length + 1).fill(OUTSIDE_BAND)
  let current = new Int32Array(reference.length + 1).fill(OUTSIDE_BAND)
  for (let i = 0; i <= Math.min(reference.length, largestDistance); i++) previous[i] = i

  for (let j = 1; j <= hypothesis.length; j++) {
    const symbol = hypothesis[j - 1]!
    const first = start(j)
    const rowOffset = (j - 1) * width - first
    // The buffer still holds the row before the last one; what lies left of the band is no longer reachable.
    if (first > 0) current[first - 1] = OUTSIDE_BAND
    else current[0] = j
    for (let i = Math.max(1, first); i < first + width; i++) {
      const deleted = current[i - 1]! + 1
      const inserted = previous[i]! + 1
      const isEqual = reference[i - 1] === symbol
      const diagonal = previous[i - 1]! + (isEqual ? 0 : 1)
      const distance = Math.min(deleted, inserted, diagonal)
      current[i] = distance
      if (deleted === distance) pointers[rowOffset + i] = DELETION
      else if (!isEqual && diagonal === distance) pointers[rowOffset + i] = SUBSTITUTION
      else if (inserted === distance) pointers[rowOffset + i] = INSERTION
      else pointers[rowOffset + i] = MATCH
    }
    const finished = current
    current = previous
    previous = finished
  }
  return pointers
}
