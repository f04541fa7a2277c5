/** Lists of a recipe as a person types them. */
export type ListKind = 'fractions' | 'patterns'

export function writeList(kind: ListKind, items: readonly (string | number)[]): string {
  return items
    .map((item) => (Number.isNaN(item) ? '?' : String(item)))
    .join(kind === 'fractions' ? ', ' : '\n')
}

/** `0.8, 50%` gives 0.8 and 0.5; what is no number becomes NaN, which the check of the recipe then marks. */
export function readList(kind: 'fractions', text: string): number[]
export function readList(kind: 'patterns', text: string): string[]
export function readList(kind: ListKind, text: string): number[] | string[]
export function readList(kind: ListKind, text: string): number[] | string[] {
  if (kind === 'patterns') return nonEmpty(text.split('\n'))
  return nonEmpty(text.split(/[,;\s]+/)).map(readFraction)
}

function nonEmpty(parts: readonly string[]): string[] {
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}

function readFraction(text: string): number {
  if (!text.endsWith('%')) return Number(text)
  // Through text, so that 7 % is 0.07 and not 0.07000000000000001.
  return Number(`${text.slice(0, -1)}e-2`)
}
