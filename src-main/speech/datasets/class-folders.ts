/**
 * A folder per class, as in Speech Commands: the folder's name is the label of every recording in it. Names like
 * `0a2b400e_nohash_1.wav` tell the speaker. `_background_noise_` holds long recordings to mix in and is left alone.
 * Source: P. Warden, "Speech Commands", 2018, section 5.
 */
import { isAudioFile, joinPath, listManifests, listNames, type DataFolder } from './data-folder'
import type { DatasetLayout } from './dataset-layout'
import { DatasetListingBuilder, type DatasetListing } from './dataset-listing'

const backgroundNoise = '_background_noise_'
/** One class leaves nothing to tell apart. */
const minimumClasses = 2

export const classFoldersLayout: DatasetLayout = {
  name: 'class-folders',
  async mismatch({ folder, file }) {
    if (file !== undefined) return 'it is a file'
    // Folders beside train.jsonl and dev.jsonl are splits, and their names no labels.
    const [manifest] = await listManifests(folder)
    if (manifest !== undefined) return `it holds '${manifest}', which says what is in its folders`
    let classes = 0
    for (const label of await classNames(folder)) {
      if ((await listNames(folder, label, 'file')).some(isAudioFile)) classes++
      if (classes === minimumClasses) return undefined
    }
    return `it has ${classes} folders with sound in them, expected at least ${minimumClasses}`
  },
  parse: ({ folder }) => parseClassFolders(folder)
}

/**
 * Lists the recordings by label and name; sound outside the class folders has no label and is excluded.
 *
 * @throws WorkbenchError `invalid-input` when there is none.
 */
export async function parseClassFolders(folder: DataFolder): Promise<DatasetListing> {
  const listing = new DatasetListingBuilder(folder.name)
  for (const label of await classNames(folder)) {
    for (const name of (await listNames(folder, label, 'file')).filter(isAudioFile)) {
      const path = joinPath(label, name)
      const speaker = /(?:^|_)([0-9a-f]+)_nohash_\d+\./.exec(name)?.[1]
      const named = speaker === undefined ? {} : { speaker }
      listing.add({ id: path, audioPath: path, text: label, label, ...named }, `The file ${path}`)
    }
  }
  for (const name of (await listNames(folder, '', 'file')).filter(isAudioFile)) {
    listing.exclude(name, 'it lies in no class folder', `The file ${name}`)
  }
  return listing.finish()
}

async function classNames(folder: DataFolder): Promise<string[]> {
  const names = await listNames(folder, '', 'folder')
  return names.filter((name) => name !== backgroundNoise && !name.startsWith('.'))
}
