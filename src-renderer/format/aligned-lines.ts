/**
 * Transcripts under each other, word under word. Alignments of several tiers to the same reference are merged into
 * columns: one per word of the reference, and between two words as many as the tier with the most insertions needs.
 */
import type { AlignedWord } from '@contract/compare'

/** What stands in one column of one tier. `absent`: nothing was added here. `unheard`: the tier has no transcript. */
export type AlignedCell =
  | { readonly kind: 'match' | 'substitution' | 'insertion'; readonly text: string }
  | { readonly kind: 'deletion' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unheard' }

export interface AlignedColumn {
  /** Null for a column of added words. */
  readonly reference: string | null
  /** One per tier. */
  readonly cells: readonly AlignedCell[]
}

/** - `readings` one per tier, all aligned to the same reference; null where a tier did not hear the recording. */
export function alignedColumns(readings: readonly (readonly AlignedWord[] | null)[]): AlignedColumn[] {
  const spread = readings.map((words) => words && spreadOut(words))
  const reference = spread.find((reading) => reading !== null)?.reference ?? []
  const columns: AlignedColumn[] = []
  for (let position = 0; position <= reference.length; position++) {
    const insertions = spread.map((reading) => reading?.insertions[position] ?? [])
    const widest = Math.max(0, ...insertions.map(({ length }) => length))
    for (let k = 0; k < widest; k++) {
      columns.push({
        reference: null,
        cells: spread.map((reading, tier) => insertedCell(reading, insertions[tier]?.[k]))
      })
    }
    const word = reference[position]
    if (word === undefined) continue
    columns.push({
      reference: word,
      cells: spread.map((reading) => reading?.cells[position] ?? { kind: 'unheard' })
    })
  }
  return columns
}

function insertedCell(reading: Spread | null, text: string | undefined): AlignedCell {
  if (reading === null) return { kind: 'unheard' }
  return text === undefined ? { kind: 'absent' } : { kind: 'insertion', text }
}

/** One alignment by the positions of the reference. */
interface Spread {
  readonly reference: readonly string[]
  /** [reference] */
  readonly cells: readonly AlignedCell[]
  /** [reference + 1]: the words added before each position, and after the last; undefined where there are none. */
  readonly insertions: readonly (readonly string[] | undefined)[]
}

function spreadOut(words: readonly AlignedWord[]): Spread {
  const reference: string[] = []
  const cells: AlignedCell[] = []
  const insertions: string[][] = []
  for (const word of words) {
    if (word.operation === 'insertion') {
      ;(insertions[reference.length] ??= []).push(word.hypothesis)
      continue
    }
    reference.push(word.reference)
    cells.push(
      word.operation === 'deletion' ? { kind: 'deletion' } : { kind: word.operation, text: word.hypothesis }
    )
  }
  return { reference, cells, insertions }
}

/** Between two columns, in characters: the space between two words, and the mark of an added one. */
const columnGap = 2

/**
 * Breaks columns into lines of at most `width` characters of a font in which all are equally wide. A column that is
 * wider alone has a line of its own.
 */
export function wrapColumns(columns: readonly AlignedColumn[], width: number): AlignedColumn[][] {
  const lines: AlignedColumn[][] = []
  let used = Infinity
  for (const column of columns) {
    const needed = columnWidth(column) + columnGap
    if (used + needed > width) {
      lines.push([])
      used = 0
    }
    lines.at(-1)?.push(column)
    used += needed
  }
  return lines
}

function columnWidth({ reference, cells }: AlignedColumn): number {
  const texts = [reference ?? '', ...cells.map((cell) => ('text' in cell ? cell.text : ''))]
  return Math.max(...texts.map(displayWidth))
}

/** Characters of Chinese, Japanese and Korean are two wide. */
function displayWidth(text: string): number {
  let width = 0
  for (const character of text) width += wide.test(character) ? 2 : 1
  return width
}

const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60]/u
