/**
 * LibriSpeech and what is laid out like it: `<speaker>/<chapter>/<speaker>-<chapter>.trans.txt` with a line
 * `<utterance id> WORDS` per recording, and the recordings beside it under their ids. A split (`test-other`), a speaker
 * or a chapter can be opened.
 * Source: the README of LibriSpeech, openslr.org/12.
 */
import { WorkbenchError } from '@contract/errors'
import { isAudioFile, joinPath, listNames, type DataFolder } from './data-folder'
import type { DatasetLayout } from './dataset-layout'
import { DatasetListingBuilder, type DatasetListing } from './dataset-listing'
import { readKeyedLines } from './keyed-lines'

export const librispeechLayout: DatasetLayout = {
  name: 'librispeech',
  async mismatch({ folder, file }) {
    if (file !== undefined) return 'it is a file'
    const { done } = await transcriptFiles(folder, '', maximumDepth).next()
    return done === true ? "it has no '.trans.txt' in its folders" : undefined
  },
  parse: ({ folder }) => parseLibrispeech(folder)
}

/** Folders between the one that is opened and a transcript: split, speaker, chapter. */
const maximumDepth = 3

/**
 * Lists the utterances by path. Of several splits none is chosen: mixing training and test speech is rarely meant.
 *
 * @throws WorkbenchError `invalid-input` when there are several splits, or when an id occurs twice.
 */
export async function parseLibrispeech(folder: DataFolder): Promise<DatasetListing> {
  const files: string[] = []
  for await (const path of transcriptFiles(folder, '', maximumDepth)) files.push(path)
  const splits = [...new Set(files.filter((path) => path.split('/').length > maximumDepth).map(firstFolder))]
  if (splits.length > 1) {
    throw new WorkbenchError(
      'invalid-input',
      `'${folder.name}' holds the splits ${splits.join(', ')}; open one of them.`
    )
  }
  const listing = new DatasetListingBuilder(folder.name)
  for (const path of files) await addChapter(folder, path, listing)
  return listing.finish()
}

async function addChapter(folder: DataFolder, path: string, listing: DatasetListingBuilder): Promise<void> {
  const chapter = path.split('/').slice(0, -1).join('/')
  const fileName = path.slice(chapter === '' ? 0 : chapter.length + 1)
  const [speaker] = fileName.split('-')
  const audioNames = (await listNames(folder, chapter, 'file')).filter(isAudioFile)
  const audioOfId = new Map(audioNames.map((name) => [name.replace(/\.[^.]+$/, ''), name]))
  const lines = readKeyedLines(await folder.readText(path), path)
  for (const { key, value, where } of lines.values()) {
    const audioName = audioOfId.get(key)
    if (audioName === undefined) listing.exclude(key, `its audio file is not beside ${path}`, where)
    else if (value === '') listing.exclude(key, 'its transcript is empty', where)
    else {
      const audioPath = joinPath(chapter, audioName)
      listing.add({ id: key, audioPath, text: value, ...(speaker === undefined ? {} : { speaker }) }, where)
    }
  }
  for (const [id, audioName] of audioOfId) {
    if (!lines.has(id))
      listing.exclude(id, `it has no line in ${path}`, `The file ${joinPath(chapter, audioName)}`)
  }
}

/** The paths of transcripts at most `depth` folders below `path`, in order. */
async function* transcriptFiles(
  folder: DataFolder,
  path: string,
  depth: number
): AsyncGenerator<string, void> {
  const names = await listNames(folder, path, 'file')
  for (const name of names) if (name.endsWith('.trans.txt')) yield joinPath(path, name)
  if (depth === 0) return
  for (const name of await listNames(folder, path, 'folder')) {
    yield* transcriptFiles(folder, joinPath(path, name), depth - 1)
  }
}

function firstFolder(path: string): string {
  return path.split('/')[0]!
}
