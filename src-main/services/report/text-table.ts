/** One column of a text table. */
export interface Column<Row> {
  readonly title: string
  readonly align: 'left' | 'right'
  cell(row: Row): string
}

/** Rows as aligned text under a ruled header, ready for a terminal; no trailing white space. */
export function formatTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = rows.map((row) => columns.map((column) => column.cell(row)))
  const widths = columns.map((column, index) =>
    Math.max(column.title.length, ...cells.map((row) => row[index]!.length))
  )
  const line = (texts: readonly string[]) =>
    texts
      .map((text, index) =>
        columns[index]!.align === 'right' ? text.padStart(widths[index]!) : text.padEnd(widths[index]!)
      )
      .join('  ')
      .trimEnd()
  const header = line(columns.map((column) => column.title))
  return [header, '-'.repeat(header.length), ...cells.map(line)].join('\n')
}
