/**
 * Hugging Face audio folders: sound files with a `metadata.csv` or `metadata.jsonl` whose `file_name` is the path of the
 * sound and whose `transcription`, `text` or `sentence` says what is spoken. `speaker` or `speaker_id` names the speaker.
 * Source: Hugging Face Datasets documentation, "Create an audio dataset".
 */
import { WorkbenchError } from '@contract/errors'
import { JsonFields } from '../json-fields'
import { isAudioFile, joinPath, listNames, type DataFolder, type DatasetSource } from './data-folder'
import type { DatasetLayout } from './dataset-layout'
import { DatasetListingBuilder, type DatasetListing } from './dataset-listing'
import { listColumns, readDelimitedTable } from './delimited-table'
import { tableUtterances } from './table-utterances'
import type { Utterance } from './utterance'

const metadataNames = ['metadata.csv', 'metadata.jsonl']
const textColumns = ['transcription', 'text', 'sentence']
const speakerColumns = ['speaker', 'speaker_id']

export const audiofolderLayout: DatasetLayout = {
  name: 'audiofolder',
  async mismatch(source) {
    if ((await metadataName(source)) !== undefined) return undefined
    return `it ${source.file === undefined ? 'has no' : 'is not'} '${metadataNames.join("' or '")}'`
  },
  parse: parseAudiofolder
}

/**
 * Lists the utterances in the order of the metadata; sound without a row, in the folders that the rows name, is
 * excluded.
 *
 * @throws WorkbenchError `invalid-input` naming the line at fault or the column that is missing.
 */
export async function parseAudiofolder(source: DatasetSource): Promise<DatasetListing> {
  const { folder } = source
  const name = await metadataName(source)
  if (name === undefined) {
    throw new WorkbenchError('invalid-input', `'${folder.name}' has no '${metadataNames.join("' or '")}'.`)
  }
  const text = await folder.readText(name)
  const listed = name.endsWith('.csv')
    ? await listTable(text, name, folder)
    : await listJsonLines(text, name, folder)
  return { ...listed, excluded: [...listed.excluded, ...(await strayAudio(folder, name, listed))] }
}

async function metadataName({ folder, file }: DatasetSource): Promise<string | undefined> {
  if (file !== undefined) return metadataNames.includes(file) ? file : undefined
  for (const name of metadataNames) if (await folder.has(name)) return name
  return undefined
}

async function listTable(text: string, tableName: string, folder: DataFolder): Promise<DatasetListing> {
  const table = readDelimitedTable(text, tableName)
  const textColumn = textColumns.find((column) => table.columns.includes(column))
  const speaker = speakerColumns.find((column) => table.columns.includes(column))
  if (textColumn === undefined) {
    throw new WorkbenchError(
      'invalid-input',
      `${tableName} has the columns ${listColumns(table.columns)}, expected one of ${listColumns(textColumns)}.`
    )
  }
  const columns = { audio: 'file_name', text: textColumn, ...(speaker === undefined ? {} : { speaker }) }
  return tableUtterances(table, columns, { tableName, folder, audioFolder: '' })
}

async function listJsonLines(text: string, fileName: string, folder: DataFolder): Promise<DatasetListing> {
  const listing = new DatasetListingBuilder(folder.name)
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    if (line.trim() === '') continue
    const where = `Line ${index + 1} of ${fileName}`
    const utterance = lineUtterance(JsonFields.parse(line, where, 'invalid-input'))
    if (typeof utterance === 'string') {
      listing.exclude(utterance, `it has none of ${listColumns(textColumns)}`, where)
    } else if (await folder.has(utterance.audioPath)) {
      listing.add(utterance, where)
    } else {
      listing.exclude(utterance.id, `its audio file ${utterance.audioPath} is missing`, where)
    }
  }
  return listing.finish()
}

/** The id alone when there is no transcript. */
function lineUtterance(fields: JsonFields): Utterance | string {
  const audioPath = fields.string('file_name')
  const textKey = textColumns.find((key) => fields.has(key))
  const speakerKey = speakerColumns.find((key) => fields.has(key))
  if (textKey === undefined) return audioPath
  const speaker = speakerKey === undefined ? {} : { speaker: fields.string(speakerKey) }
  return { id: audioPath, audioPath, text: fields.string(textKey), ...speaker }
}

async function strayAudio(folder: DataFolder, name: string, { utterances, excluded }: DatasetListing) {
  const known = new Set([...utterances, ...excluded].map(({ id }) => id))
  const folders = new Set(utterances.map(({ audioPath }) => audioPath.split('/').slice(0, -1).join('/')))
  const paths: string[] = []
  for (const path of folders) {
    const names = await listNames(folder, path, 'file')
    paths.push(...names.filter(isAudioFile).map((audioName) => joinPath(path, audioName)))
  }
  const stray = paths.filter((path) => !known.has(path))
  return stray.map((id) => ({ id, reason: `it has no row in ${name}` }))
}
