import { describe, expect, it } from 'vitest'
import { formatTable, type Column } from './text-table'

interface Row {
  readonly name: string
  readonly count: string
}

const columns: readonly Column<Row>[] = [
  { title: 'name', align: 'left', cell: ({ name }) => name },
  { title: 'count', align: 'right', cell: ({ count }) => count },
  { title: '', align: 'left', cell: ({ name }) => (name === 'b' ? 'remark' : '') }
]

describe('formatTable', () => {
  it('aligns cells under their titles, whichever is wider, without trailing white space', () => {
    const rows = [
      { name: 'a long name', count: '1' },
      { name: 'b', count: '1234567' }
    ]
    expect(formatTable(rows, columns).split('\n')).toEqual([
      'name           count',
      '--------------------',
      'a long name        1',
      'b            1234567  remark'
    ])
  })

  it('is a header when there are no rows', () => {
    expect(formatTable([], columns)).toBe('name  count\n-----------')
  })
})
