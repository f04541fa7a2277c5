/**
 * Tables as text. CSV follows RFC 4180: commas, quotation marks around cells that need them. TSV has tabs and no quoting, as
 * in Common Voice, whose sentences begin with quotation marks that mean themselves.
 */
import { WorkbenchError } from '@contract/errors'
import { parse, type CsvRecord } from './csv-parse-sync'

export interface DelimitedTable {
  readonly columns: readonly string[]
  readonly rows: readonly TableRow[]
}

export interface TableRow {
  /** Worded for the head of a sentence: `Line 3 of test.tsv`. */
  readonly where: string
  /** The trimmed cells by column; an empty cell is absent. */
  readonly cells: ReadonlyMap<string, string>
}

/**
 * Reads a table whose first line names its columns; `.tsv` in the name means tabs, anything else commas.
 *
 * @throws WorkbenchError `invalid-input` naming the line, when a column is named twice, a row has another number of cells
 *   or more than 2^18 characters, or a quotation mark is out of place.
 */
export function readDelimitedTable(text: string, tableName: string): DelimitedTable {
  const [head, ...body] = parseRecords(text, tableName)
  const columns = (head?.record ?? []).map((column) => column.trim())
  if (columns.length === 0 || new Set(columns).size !== columns.length) {
    throw new WorkbenchError(
      'invalid-input',
      `${tableName} begins with the columns ${listColumns(columns)}, expected names that differ.`
    )
  }
  const rows = body.map(({ lines, record }) => {
    const where = `Line ${lines} of ${tableName}`
    if (record.length !== columns.length) {
      throw new WorkbenchError(
        'invalid-input',
        `${where} has ${record.length} cells, expected ${columns.length}.`
      )
    }
    const cells = columns.map((column, index) => [column, record[index]!.trim()] as const)
    return { where, cells: new Map(cells.filter(([, cell]) => cell !== '')) }
  })
  return { columns, rows }
}

/** More than anybody reads; a damaged file may have a million. */
const shownColumns = 40

/** Column names as a message shows them. */
export function listColumns(columns: readonly string[]): string {
  if (columns.length === 0) return 'none'
  const shown = columns.slice(0, shownColumns).map((column) => `'${column}'`)
  const rest = columns.length - shown.length
  return `${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}

/** Hours of speech in one row; the parser takes a second for a damaged file that is one row of a million cells. */
const maximumRowCharacters = 2 ** 18

function assertLineLengths(text: string, tableName: string): void {
  let line = 1
  for (let start = 0; start < text.length; line++) {
    const end = text.indexOf('\n', start)
    const length = (end === -1 ? text.length : end) - start
    if (length > maximumRowCharacters) {
      throw new WorkbenchError(
        'invalid-input',
        `Line ${line} of ${tableName} has ${length} characters, expected a row of at most ${maximumRowCharacters}.`
      )
    }
    start += length + 1
  }
}

function parseRecords(text: string, tableName: string): CsvRecord[] {
  assertLineLengths(text, tableName)
  const isTabbed = tableName.toLowerCase().endsWith('.tsv')
  try {
    return parse(text, {
      bom: true,
      delimiter: isTabbed ? '\t' : ',',
      quote: isTabbed ? null : '"',
      max_record_size: maximumRowCharacters,
      relax_column_count: true,
      skip_empty_lines: true,
      // Of the whole context a table of 50,000 rows would take 100 MB.
      on_record: (record, { lines }) => ({ record, lines })
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\.$/, '') : String(error)
    throw new WorkbenchError('invalid-input', `${tableName} is not a readable table: ${reason}.`, {
      cause: error
    })
  }
}
