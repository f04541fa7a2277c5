/** The names of an audio classifier's classes. */
import { WorkbenchError } from '@contract/errors'
import type { JsonFields } from '../json-fields'

/**
 * The labels of a text file: one per line, in the order of the classes. Empty lines at the end do not count.
 *
 * - `where` for messages, at the head of a sentence: `labels.txt of 'kwt1'`.
 *
 * @throws WorkbenchError `unsupported-model` when the file is empty, or a line is empty or given twice.
 */
export function parseLabels(text: string, where: string): string[] {
  const labels = text
    .trimEnd()
    .split(/\r?\n/u)
    .map((line) => line.trim())
  const lines = new Map<string, number>()
  labels.forEach((label, index) => {
    const first = lines.get(label) ?? index
    lines.set(label, first)
    if (label === '') {
      throw new WorkbenchError(
        'unsupported-model',
        `${where} has nothing in line ${index + 1}, expected one label per line.`
      )
    }
    if (first !== index) {
      throw new WorkbenchError(
        'unsupported-model',
        `${where} names '${label}' in lines ${first + 1} and ${index + 1}, expected each label once.`
      )
    }
  })
  return labels
}

/**
 * The labels of `id2label` in config.json, in the order of the classes; undefined when there is no such key.
 *
 * @throws WorkbenchError `unsupported-model` when the ids are not 0, 1, 2 ... or a label is no string.
 */
export function readIdToLabel(config: JsonFields): string[] | undefined {
  const map = config.optionalObject('id2label')
  if (map === undefined) return undefined
  const count = map.entries().length
  return Array.from({ length: count }, (_, id) => map.string(String(id)))
}
