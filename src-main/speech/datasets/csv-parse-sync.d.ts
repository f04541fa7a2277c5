/** The part of `csv-parse/browser/esm/sync` 7.0.3 that is in use, without the package's need for Node's types. */

export interface CsvOptions {
  readonly bom: true
  readonly delimiter: string
  /** Null: a quotation mark is a character like any other. */
  readonly quote: '"' | null
  /** Of a cell and those before it in its row. */
  readonly max_record_size: number
  /** Rows of other lengths are passed on, for the caller to complain about with the line. */
  readonly relax_column_count: true
  readonly skip_empty_lines: true
  /** What is kept of a row; `lines`: of the file, up to and with it. */
  readonly on_record: (record: readonly string[], context: { readonly lines: number }) => CsvRecord
}

export interface CsvRecord {
  readonly lines: number
  readonly record: readonly string[]
}

/** @throws an error with the line in its message, for a quotation mark out of place. */
export function parse(text: string, options: CsvOptions): CsvRecord[]
