import { WorkbenchError } from '@contract/errors'
import { JsonFields } from '../json-fields'
import type { DatasetSource } from './data-folder'

/**
 * The fields of the first line of a JSON Lines file, by which manifests are told apart; otherwise why there are none, as
 * half a sentence beginning with "it".
 */
export async function firstJsonLineFields({ folder, file }: DatasetSource): Promise<JsonFields | string> {
  if (file === undefined) return 'it is a folder'
  if (!/\.(jsonl?|ndjson|manifest)$/i.test(file)) return "its name does not end in '.jsonl' or '.json'"
  const text = (await folder.readText(file)).replace(/^\uFEFF/, '')
  const line = text.split('\n').find((candidate) => candidate.trim() !== '')
  if (line === undefined) return 'it is empty'
  try {
    return JsonFields.parse(line, file, 'invalid-input')
  } catch (error) {
    // Another kind of JSON file; what is wrong with it matters only to the layout that expects one.
    if (error instanceof WorkbenchError) return 'its first line is not a JSON object'
    throw error
  }
}
