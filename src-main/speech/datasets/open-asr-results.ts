/**
 * Result files of the Open ASR Leaderboard: one JSON object per line with `audio_filepath`, `duration`, `time`
 * (processing seconds), `text` (reference) and `pred_text` (what the model heard).
 *
 * The leaderboard's own scripts write `sample_0`, `sample_1` ... for `audio_filepath`: such a file can be scored again,
 * but not listened to, and as a data set all of it is left out.
 * Source: huggingface/open_asr_leaderboard, normalizer/eval_utils.py, `write_manifest`.
 */
import { WorkbenchError } from '@contract/errors'
import { JsonFields } from '../json-fields'
import { requireFile } from './data-folder'
import type { DatasetLayout } from './dataset-layout'
import { DatasetListingBuilder } from './dataset-listing'
import { firstJsonLineFields } from './first-json-line'

/** What one model made of one utterance. */
export interface OpenAsrResult {
  readonly audioPath: string
  readonly durationSeconds?: number
  /** Spent by the model on this utterance; of a batch, its share. */
  readonly processingSeconds?: number
  /** The reference transcript. */
  readonly text: string
  readonly predictedText: string
}

export const openAsrLayout: DatasetLayout = {
  name: 'open-asr',
  async mismatch(source) {
    const fields = await firstJsonLineFields(source)
    if (typeof fields === 'string') return fields
    const missing = ['audio_filepath', 'text', 'pred_text'].find((key) => !fields.has(key))
    return missing === undefined ? undefined : `its first line has no '${missing}'`
  },
  async parse(source) {
    const file = requireFile(source, 'open-asr')
    const listing = new DatasetListingBuilder(file)
    const results = parseOpenAsrResults(await source.folder.readText(file), file)
    for (const [index, { audioPath, durationSeconds, text }] of results.entries()) {
      const where = `Result ${index + 1} of ${file}`
      const length = durationSeconds === undefined ? {} : { durationSeconds }
      if (await source.folder.has(audioPath))
        listing.add({ id: audioPath, audioPath, text, ...length }, where)
      else listing.exclude(audioPath, `its audio file ${audioPath} is missing`, where)
    }
    return listing.finish()
  }
}

/**
 * Reads results in the order of the lines; blank lines are skipped, other fields left alone.
 *
 * @throws WorkbenchError `invalid-input` naming the line, when a field is missing or of another type.
 */
export function parseOpenAsrResults(text: string, fileName: string): OpenAsrResult[] {
  const lines = text.replace(/^\uFEFF/, '').split('\n')
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return []
    const fields = JsonFields.parse(line, `Line ${index + 1} of ${fileName}`, 'invalid-input')
    const durationSeconds = optionalSeconds(fields, 'duration')
    const processingSeconds = optionalSeconds(fields, 'time')
    return {
      audioPath: fields.string('audio_filepath'),
      text: fields.string('text'),
      predictedText: fields.string('pred_text'),
      ...(durationSeconds === undefined ? {} : { durationSeconds }),
      ...(processingSeconds === undefined ? {} : { processingSeconds })
    }
  })
}

/**
 * Writes results so that the leaderboard's scripts, and `parseOpenAsrResults`, read them; unknown numbers are null.
 *
 * @throws WorkbenchError `internal` when a number is not finite, for which JSON has no form.
 */
export function formatOpenAsrResults(results: readonly OpenAsrResult[]): string {
  return results.map((result) => `${formatResult(result)}\n`).join('')
}

function formatResult(result: OpenAsrResult): string {
  const { audioPath, durationSeconds, processingSeconds, text, predictedText } = result
  const broken = [durationSeconds, processingSeconds].find(
    (value) => value !== undefined && !Number.isFinite(value)
  )
  if (broken !== undefined) {
    throw new WorkbenchError(
      'internal',
      `The result for '${audioPath}' holds ${broken}, expected finite seconds.`
    )
  }
  return JSON.stringify({
    audio_filepath: audioPath,
    duration: durationSeconds ?? null,
    time: processingSeconds ?? null,
    text,
    pred_text: predictedText
  })
}

function optionalSeconds(fields: JsonFields, key: string): number | undefined {
  const seconds = fields.optionalNumber(key)
  if (seconds !== undefined && seconds < 0) throw fields.mismatch(key, 'seconds from 0', seconds)
  return seconds
}
