/**
 * NeMo manifests: one JSON object per line with `audio_filepath`, `duration`, `text` and optionally `offset` and
 * `speaker`. Other fields are left alone, except `text_filepath`, which would leave the reference unread.
 * Source: NVIDIA NeMo documentation, ASR, "Preparing custom ASR data".
 */
import { WorkbenchError } from '@contract/errors'
import { JsonFields } from '../json-fields'
import { requireFile } from './data-folder'
import type { DatasetLayout } from './dataset-layout'
import { firstJsonLineFields } from './first-json-line'
import type { Utterance } from './utterance'

export const nemoLayout: DatasetLayout = {
  name: 'nemo',
  async mismatch(source) {
    const fields = await firstJsonLineFields(source)
    if (typeof fields === 'string') return fields
    if (fields.has('pred_text')) return "its first line has 'pred_text', so it holds results"
    return fields.has('audio_filepath') ? undefined : "its first line has no 'audio_filepath'"
  },
  async parse(source) {
    const file = requireFile(source, 'nemo')
    return { utterances: parseNemoManifest(await source.folder.readText(file), file), excluded: [] }
  }
}

/**
 * Parses a manifest; utterances keep the order of the lines, blank lines are skipped.
 *
 * - `manifestName` the file's name, for messages.
 *
 * @throws WorkbenchError `invalid-input` naming the line, when a line is not an object with the fields above, when
 *   an utterance occurs twice, or when there is none.
 */
export function parseNemoManifest(text: string, manifestName: string): Utterance[] {
  const lines = text.replace(/^\uFEFF/, '').split('\n')
  const utterances: Utterance[] = []
  const lineOfId = new Map<string, number>()
  lines.forEach((line, index) => {
    if (line.trim() === '') return
    const where = `Line ${index + 1} of ${manifestName}`
    const utterance = parseLine(JsonFields.parse(line, where, 'invalid-input'))
    const earlier = lineOfId.get(utterance.id)
    if (earlier !== undefined) {
      throw new WorkbenchError(
        'invalid-input',
        `${where} repeats the utterance '${utterance.id}' of line ${earlier}; remove one of them.`
      )
    }
    lineOfId.set(utterance.id, index + 1)
    utterances.push(utterance)
  })
  if (utterances.length === 0) {
    throw new WorkbenchError('invalid-input', `${manifestName} holds no utterances, expected one per line.`)
  }
  return utterances
}

function parseLine(fields: JsonFields): Utterance {
  if (fields.has('text_filepath')) {
    throw new WorkbenchError(
      'invalid-input',
      `${fields.where} has 'text_filepath', which is not read; write the transcript as 'text'.`
    )
  }
  const audioPath = fields.string('audio_filepath')
  if (audioPath.trim() === '') throw fields.mismatch('audio_filepath', 'a path', audioPath)
  const durationSeconds = fields.number('duration')
  if (!(durationSeconds > 0)) throw fields.mismatch('duration', 'seconds above 0', durationSeconds)
  const offsetSeconds = fields.optionalNumber('offset')
  if (offsetSeconds !== undefined && !(offsetSeconds >= 0)) {
    throw fields.mismatch('offset', 'seconds from 0', offsetSeconds)
  }
  const speaker = fields.optionalString('speaker')
  return {
    id: offsetSeconds === undefined ? audioPath : `${audioPath}#${offsetSeconds}`,
    audioPath,
    durationSeconds,
    text: fields.string('text'),
    ...(offsetSeconds === undefined ? {} : { offsetSeconds }),
    ...(speaker === undefined ? {} : { speaker })
  }
}
