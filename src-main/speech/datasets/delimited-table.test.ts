import { describe, expect, it } from 'vitest'
import { readDelimitedTable } from './delimited-table'

const rows = (text: string, name: string) =>
  readDelimitedTable(text, name).rows.map(({ where, cells }) => [where, Object.fromEntries(cells)])

describe('readDelimitedTable', () => {
  it('reads CSV with quoted commas, quotation marks and line breaks', () => {
    const text = '\uFEFFpath, text\r\na.wav,"He said ""no"", twice"\r\n\r\nb.wav,"two\nlines"\r\nc.wav,\r\n'
    expect(rows(text, 'x.csv')).toEqual([
      ['Line 2 of x.csv', { path: 'a.wav', text: 'He said "no", twice' }],
      ['Line 5 of x.csv', { path: 'b.wav', text: 'two\nlines' }],
      ['Line 6 of x.csv', { path: 'c.wav' }]
    ])
  })

  it('reads TSV without quoting, so that a sentence may begin with a quotation mark', () => {
    const text = 'path\tsentence\na.mp3\t"Stop, he said.\nb.mp3\t"Go" it is\n'
    expect(rows(text, 'test.tsv').map(([, cells]) => cells)).toEqual([
      { path: 'a.mp3', sentence: '"Stop, he said.' },
      { path: 'b.mp3', sentence: '"Go" it is' }
    ])
  })

  it.each([
    ['a row with too few cells', 'a,b\n1\n', 'Line 2 of x.csv has 1 cells, expected 2.'],
    ['a row with too many cells', 'a,b\n1,2\n1,2,3\n', 'Line 3 of x.csv has 3 cells, expected 2.'],
    ['a column twice', 'a,a\n', "x.csv begins with the columns 'a', 'a', expected names that differ."],
    ['nothing', '', 'x.csv begins with the columns none, expected names that differ.'],
    [
      'a row of a million cells',
      `a,b\n${','.repeat(1e6)}\n`,
      'Line 2 of x.csv has 1000000 characters, expected a row of at most 262144.'
    ],
    [
      'a cell of a million lines',
      `a\n"${'x\n'.repeat(1e6)}"\n`,
      /^x\.csv is not a readable table: .*262144.* at line/
    ],
    ['a quotation mark inside a cell', 'a\nx"y\n', /^x\.csv is not a readable table: .*line 2/],
    ['an open quotation mark', 'a\n"x\n', /^x\.csv is not a readable table: .*\.$/]
  ])('refuses %s', (_, text, message) => {
    expect(() => readDelimitedTable(text, 'x.csv')).toThrow(message)
    expect(() => readDelimitedTable(text, 'x.csv')).toThrow(
      expect.objectContaining({ code: 'invalid-input' }) as Error
    )
  })
})
