import { extname } from 'node:path'
import { WorkbenchError } from '@contract/errors'
import { readFile } from '../workspace/files'
import type { ShelvedData } from './data-shelf'

/** The kinds of sound file that Lathe decodes, as a browser knows them. */
const mediaTypes: Readonly<Record<string, string>> = {
  '.wav': 'audio/wav',
  '.flac': 'audio/flac',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
  '.opus': 'audio/ogg'
}

/**
 * A sound file as it is, for playing. `path` has been checked against the folders that may be opened.
 *
 * @throws WorkbenchError `not-found` when it is missing or no sound file by its name.
 */
export async function readRecording(path: string): Promise<ShelvedData> {
  const mediaType = mediaTypes[extname(path).toLowerCase()]
  if (mediaType === undefined) {
    throw new WorkbenchError(
      'not-found',
      `'${path}' is no recording by its name: expected ${Object.keys(mediaTypes).join(', ')}.`
    )
  }
  return { bytes: await readFile(path), mediaType }
}
