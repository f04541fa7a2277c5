/** A value of a table as it is written to a file; undefined: an empty cell. */
export type CsvValue = string | number | boolean | null | undefined

/**
 * A table as CSV (RFC 4180: lines end with CR LF, quotes doubled). A text that a spreadsheet would take for a formula
 * gets a leading apostrophe, because names come from files of others.
 */
export function csvText(header: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return [header, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

function cell(value: CsvValue): string {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') return String(value)
  const safe = /^[=+\-@\t\r]/u.test(value) ? `'${value}` : value
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
