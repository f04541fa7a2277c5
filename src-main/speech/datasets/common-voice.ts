/**
 * Mozilla Common Voice: a table per split (`test.tsv`) whose `path` names a recording in `clips/`, with `sentence`,
 * `client_id` as the speaker and, in most releases, `locale`.
 * Source: the README in every Common Voice release.
 */
import { requireFile, type DatasetSource } from './data-folder'
import type { DatasetLayout } from './dataset-layout'
import type { DatasetListing } from './dataset-listing'
import { readDelimitedTable } from './delimited-table'
import { tableUtterances } from './table-utterances'

const requiredColumns = ['client_id', 'path', 'sentence']

export const commonVoiceLayout: DatasetLayout = {
  name: 'common-voice',
  async mismatch({ folder, file }) {
    if (file === undefined) return 'it is a folder'
    if (!file.toLowerCase().endsWith('.tsv')) return "its name does not end in '.tsv'"
    const { columns } = readDelimitedTable(await folder.readText(file), file)
    const missing = requiredColumns.find((column) => !columns.includes(column))
    return missing === undefined ? undefined : `it has no column '${missing}'`
  },
  parse: parseCommonVoice
}

/**
 * Lists the utterances in the order of the table. Clips that the table does not name belong to other splits and are
 * not mentioned.
 *
 * @throws WorkbenchError `invalid-input` naming the line at fault or the column that is missing.
 */
export async function parseCommonVoice(source: DatasetSource): Promise<DatasetListing> {
  const { folder } = source
  const tableName = requireFile(source, 'common-voice')
  const table = readDelimitedTable(await folder.readText(tableName), tableName)
  const language = table.columns.includes('locale') ? { language: 'locale' } : {}
  const columns = { audio: 'path', text: 'sentence', speaker: 'client_id', ...language }
  return tableUtterances(table, columns, { tableName, folder, audioFolder: 'clips' })
}
