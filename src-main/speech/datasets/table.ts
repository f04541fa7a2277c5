/** CSV and TSV tables with a header, whose columns are given, or found by the names that are usual for them. */
import { WorkbenchError } from '@contract/errors'
import { requireFile, type DatasetSource } from './data-folder'
import type { DatasetLayout } from './dataset-layout'
import type { DatasetListing } from './dataset-listing'
import { listColumns, readDelimitedTable } from './delimited-table'
import { tableUtterances, type TableColumns } from './table-utterances'

const usualNames = {
  audio: [
    'audio',
    'audio_path',
    'audio_filepath',
    'audio_file',
    'file_name',
    'filename',
    'file',
    'path',
    'wav'
  ],
  text: ['text', 'transcript', 'transcription', 'sentence', 'reference'],
  label: ['label', 'class', 'keyword'],
  speaker: ['speaker', 'speaker_id', 'client_id'],
  language: ['language', 'lang', 'locale'],
  durationSeconds: ['duration', 'duration_seconds'],
  offsetSeconds: ['offset', 'offset_seconds']
} as const satisfies { readonly [Key in keyof TableColumns]: readonly string[] }

export const tableLayout: DatasetLayout = {
  name: 'table',
  async mismatch({ folder, file }, { columns }) {
    if (file === undefined) return 'it is a folder'
    if (!/\.(csv|tsv)$/i.test(file)) return "its name does not end in '.csv' or '.tsv'"
    const table = readDelimitedTable(await folder.readText(file), file)
    const found = columns ?? usualColumns(table.columns)
    return typeof found === 'string' ? found : undefined
  },
  parse: (source, { columns }) => parseTable(source, columns)
}

/**
 * One utterance per row, in order.
 *
 * - `columns` which column holds what; by default those with a usual name.
 *
 * @throws WorkbenchError `invalid-input` naming the line at fault, or the columns when they do not tell audio from text.
 */
export async function parseTable(source: DatasetSource, columns?: TableColumns): Promise<DatasetListing> {
  const { folder } = source
  const tableName = requireFile(source, 'table')
  const table = readDelimitedTable(await folder.readText(tableName), tableName)
  const chosen = columns ?? usualColumns(table.columns)
  if (typeof chosen === 'string') {
    throw new WorkbenchError(
      'invalid-input',
      `${tableName} cannot be read without naming its columns: ${chosen}.`
    )
  }
  return tableUtterances(table, chosen, { tableName, folder, audioFolder: '' })
}

/** Why they are not clear, as half a sentence, when no column or several have a usual name for audio or text. */
function usualColumns(columns: readonly string[]): TableColumns | string {
  const found = (names: readonly string[]) => columns.filter((column) => names.includes(column.toLowerCase()))
  const audio = found(usualNames.audio)
  const text = found(usualNames.text)
  const label = found(usualNames.label)
  if (audio.length !== 1 || text.length > 1 || (text.length === 0 && label.length !== 1)) {
    return `its columns ${listColumns(columns)} do not tell which one is the audio and which the text`
  }
  const optional = (key: Exclude<keyof typeof usualNames, 'audio'>) => {
    const [only, ...others] = found(usualNames[key])
    return only === undefined || others.length > 0 ? {} : { [key]: only }
  }
  return {
    audio: audio[0]!,
    ...optional('text'),
    ...optional('label'),
    ...optional('speaker'),
    ...optional('language'),
    ...optional('durationSeconds'),
    ...optional('offsetSeconds')
  }
}
