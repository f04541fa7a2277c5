import { WorkbenchError } from '@contract/errors'
import { joinPath, type DataFolder } from './data-folder'
import { DatasetListingBuilder, type DatasetListing } from './dataset-listing'
import { listColumns, type DelimitedTable, type TableRow } from './delimited-table'
import type { Utterance } from './utterance'

/** Which column of a table holds what; at least one of `text` and `label` is needed. */
export interface TableColumns {
  readonly audio: string
  readonly text?: string
  readonly label?: string
  /** Without it an utterance is known by its audio path, and its offset. */
  readonly id?: string
  readonly speaker?: string
  readonly language?: string
  readonly durationSeconds?: string
  readonly offsetSeconds?: string
}

export interface TableSource {
  readonly tableName: string
  readonly folder: DataFolder
  /** The folder inside `folder` from which the table's paths start; `''` for `folder` itself. */
  readonly audioFolder: string
}

/**
 * One utterance per row. Rows without a transcript or whose audio file is missing are excluded.
 *
 * @throws WorkbenchError `invalid-input` when a column is missing, naming those that are there, when a row has no audio
 *   path or a number that is none, or when an utterance occurs twice.
 */
export async function tableUtterances(
  table: DelimitedTable,
  columns: TableColumns,
  { tableName, folder, audioFolder }: TableSource
): Promise<DatasetListing> {
  requireColumns(table, columns, tableName)
  const listing = new DatasetListingBuilder(tableName)
  for (const row of table.rows) {
    const utterance = rowUtterance(row, columns, audioFolder)
    if (typeof utterance === 'string') {
      listing.exclude(utterance, `its '${columns.text ?? columns.label}' is empty`, row.where)
    } else if (await folder.has(utterance.audioPath)) {
      listing.add(utterance, row.where)
    } else {
      listing.exclude(utterance.id, `its audio file ${utterance.audioPath} is missing`, row.where)
    }
  }
  return listing.finish()
}

function requireColumns(table: DelimitedTable, columns: TableColumns, tableName: string): void {
  const missing = Object.values(columns).filter((column: string) => !table.columns.includes(column))
  if (missing.length > 0) {
    throw new WorkbenchError(
      'invalid-input',
      `${tableName} has the columns ${listColumns(table.columns)}, expected ${listColumns(missing)} too.`
    )
  }
  if (columns.text === undefined && columns.label === undefined) {
    throw new WorkbenchError('invalid-input', `${tableName} needs a column for the text or for the label.`)
  }
}

/** The id alone when there is nothing to recognise in the row. */
function rowUtterance(
  { where, cells }: TableRow,
  columns: TableColumns,
  audioFolder: string
): Utterance | string {
  const cell = (column: string | undefined) => (column === undefined ? undefined : cells.get(column))
  const path = cell(columns.audio)
  if (path === undefined) {
    throw new WorkbenchError('invalid-input', `${where} has an empty '${columns.audio}', expected a path.`)
  }
  const offsetSeconds = readSeconds(cell(columns.offsetSeconds), columns.offsetSeconds, where)
  const durationSeconds = readSeconds(cell(columns.durationSeconds), columns.durationSeconds, where)
  const id = cell(columns.id) ?? (offsetSeconds === undefined ? path : `${path}#${offsetSeconds}`)
  const label = cell(columns.label)
  const text = cell(columns.text) ?? (columns.text === undefined ? label : undefined)
  if (text === undefined) return id
  const speaker = cell(columns.speaker)
  const language = cell(columns.language)
  return {
    id,
    audioPath: joinPath(audioFolder, path),
    text,
    ...(offsetSeconds === undefined ? {} : { offsetSeconds }),
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
    ...(label === undefined ? {} : { label }),
    ...(speaker === undefined ? {} : { speaker }),
    ...(language === undefined ? {} : { language })
  }
}

function readSeconds(
  cell: string | undefined,
  column: string | undefined,
  where: string
): number | undefined {
  if (cell === undefined) return undefined
  const seconds = Number(cell)
  if (!Number.isFinite(seconds) || seconds < 0) {
    throw new WorkbenchError('invalid-input', `${where} has '${column}' = ${cell}, expected seconds from 0.`)
  }
  return seconds
}
