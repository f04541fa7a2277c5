import { describe, expect, it } from 'vitest'
import type { AlignedWord } from '@contract/compare'
import { alignedColumns, wrapColumns, type AlignedCell, type AlignedColumn } from './aligned-lines'

const match = (word: string): AlignedWord => ({ operation: 'match', reference: word, hypothesis: word })
const replaced = (reference: string, hypothesis: string): AlignedWord => ({
  operation: 'substitution',
  reference,
  hypothesis
})
const missing = (reference: string): AlignedWord => ({ operation: 'deletion', reference })
const added = (hypothesis: string): AlignedWord => ({ operation: 'insertion', hypothesis })

function cellText(cell: AlignedCell): string {
  switch (cell.kind) {
    case 'match':
      return cell.text
    case 'substitution':
      return `~${cell.text}`
    case 'insertion':
      return `+${cell.text}`
    case 'deletion':
      return '-'
    case 'absent':
      return '.'
    case 'unheard':
      return '?'
  }
}

/** One line per row: reference, then the tiers. */
function rows(columns: readonly AlignedColumn[]): string[] {
  const tiers = columns[0]?.cells.length ?? 0
  return [
    columns.map(({ reference }) => reference ?? '.').join(' '),
    ...Array.from({ length: tiers }, (_, tier) =>
      columns.map(({ cells }) => cellText(cells[tier]!)).join(' ')
    )
  ]
}

describe('aligned columns', () => {
  it('put what was understood under what was said', () => {
    const columns = alignedColumns([
      [match('go'), match('left'), match('now')],
      [replaced('go', 'so'), missing('left'), match('now')]
    ])
    expect(rows(columns)).toEqual(['go left now', 'go left now', '~so - now'])
  })

  it('make room for the words that any tier added', () => {
    const columns = alignedColumns([
      [added('oh'), match('go'), match('left')],
      [match('go'), added('to'), added('the'), match('left'), added('side')]
    ])
    expect(rows(columns)).toEqual(['. go . . left .', '+oh go . . left .', '. go +to +the left +side'])
  })

  it('mark the tier that did not hear the recording', () => {
    expect(rows(alignedColumns([null, [match('go'), added('on')]]))).toEqual(['go .', '? ?', 'go +on'])
  })

  it('show what was added to silence', () => {
    expect(rows(alignedColumns([[], [added('ah')]]))).toEqual(['.', '.', '+ah'])
  })

  it('are none without words', () => {
    expect(alignedColumns([null, []])).toEqual([])
  })
})

describe('lines', () => {
  const columns = alignedColumns([['aaa', 'bb', 'c', 'dddd'].map(match)])
  const widths = (width: number) =>
    wrapColumns(columns, width).map((line) => line.map(({ reference }) => reference).join(' '))

  it.each([
    [100, ['aaa bb c dddd']],
    [12, ['aaa bb c', 'dddd']],
    [11, ['aaa bb', 'c dddd']],
    [3, ['aaa', 'bb', 'c', 'dddd']]
  ])('of %i characters', (width, expected) => {
    expect(widths(width)).toEqual(expected)
  })

  it('count an ideograph as two characters', () => {
    const japanese = alignedColumns([['右へ', 'go'].map(match)])
    expect(wrapColumns(japanese, 9)).toHaveLength(2)
    expect(wrapColumns(japanese, 10)).toHaveLength(1)
  })

  it('need the widest word of a column', () => {
    const uneven = alignedColumns([
      [match('a'), match('b')],
      [replaced('a', 'aaaaaaaa'), match('b')]
    ])
    expect(wrapColumns(uneven, 12)).toHaveLength(2)
  })
})
