/**
 * Kaldi data directories: `wav.scp` (recording, audio path), `text` (utterance, words), and optionally `segments`
 * (utterance, recording, start, end in seconds; end -1 is the end) and `utt2spk` (utterance, speaker). Without
 * `segments` an utterance is a whole recording of the same id.
 *
 * Paths are taken relative to the directory. `wav.scp` may hold shell commands ending in `|`, which Kaldi runs to get
 * the sound: they are refused and never run, since a data set must not be a program.
 * Source: Kaldi documentation, "Data preparation".
 */
import { WorkbenchError } from '@contract/errors'
import type { DataFolder } from './data-folder'
import type { DatasetLayout } from './dataset-layout'
import { DatasetListingBuilder, type DatasetListing } from './dataset-listing'
import { readKeyedLines, type KeyedLine } from './keyed-lines'
import type { Utterance } from './utterance'

export const kaldiLayout: DatasetLayout = {
  name: 'kaldi',
  async mismatch({ folder, file }) {
    if (file !== undefined) return 'it is a file'
    for (const name of ['wav.scp', 'text']) if (!(await folder.has(name))) return `it has no '${name}'`
    return undefined
  },
  parse: ({ folder }) => parseKaldi(folder)
}

/**
 * Lists the utterances in the order of `segments`, or of `wav.scp`.
 *
 * @throws WorkbenchError `invalid-input` naming the line, for a command, a malformed segment or an id that occurs twice.
 */
export async function parseKaldi(folder: DataFolder): Promise<DatasetListing> {
  const recordings = readKeyedLines(await folder.readText('wav.scp'), 'wav.scp')
  for (const line of recordings.values()) checkAudioPath(line)
  const texts = readKeyedLines(await folder.readText('text'), 'text')
  const speakers = await readOptional(folder, 'utt2spk')
  const segments = await readOptional(folder, 'segments')
  const listing = new DatasetListingBuilder(folder.name)
  for (const { key, where } of (segments ?? recordings).values()) {
    const segment = segments?.get(key)
    const { recordingId, ...stretch } = segment === undefined ? { recordingId: key } : parseSegment(segment)
    const audioPath = recordings.get(recordingId)?.value
    const text = texts.get(key)?.value
    const speaker = speakers?.get(key)?.value
    const named: Pick<Utterance, 'speaker'> = speaker === undefined || speaker === '' ? {} : { speaker }
    if (audioPath === undefined)
      listing.exclude(key, `its recording '${recordingId}' is not in wav.scp`, where)
    else if (text === undefined) listing.exclude(key, "it is not in 'text'", where)
    else if (text === '') listing.exclude(key, "its line in 'text' is empty", where)
    else if (await folder.has(audioPath))
      listing.add({ id: key, audioPath, text, ...stretch, ...named }, where)
    else listing.exclude(key, `its audio file ${audioPath} is missing`, where)
  }
  for (const { key, where } of texts.values()) {
    if ((segments ?? recordings).has(key)) continue
    listing.exclude(key, `it is not in '${segments === undefined ? 'wav.scp' : 'segments'}'`, where)
  }
  return listing.finish()
}

async function readOptional(folder: DataFolder, name: string): Promise<Map<string, KeyedLine> | undefined> {
  return (await folder.has(name)) ? readKeyedLines(await folder.readText(name), name) : undefined
}

function checkAudioPath({ key, value, where }: KeyedLine): void {
  if (value.endsWith('|') || value.startsWith('|') || value === '-') {
    throw new WorkbenchError(
      'invalid-input',
      `${where} gets '${key}' from a command, which Lathe does not run; write the sound to a file and give its path.`
    )
  }
  if (value === '' || /\.ark:\d+$/.test(value)) {
    throw new WorkbenchError(
      'invalid-input',
      `${where} gives '${value}' for '${key}', expected the path of an audio file.`
    )
  }
}

interface Segment {
  readonly recordingId: string
  readonly offsetSeconds: number
  readonly durationSeconds?: number
}

function parseSegment({ value, where }: KeyedLine): Segment {
  const [recordingId = '', startText = '', endText = '', ...more] = value.split(/\s+/)
  const start = Number(startText)
  const end = Number(endText)
  const isOpen = end === -1
  const isComplete = startText !== '' && endText !== '' && more.length === 0
  if (
    !isComplete ||
    !Number.isFinite(start) ||
    !Number.isFinite(end) ||
    start < 0 ||
    (!isOpen && end <= start)
  ) {
    throw new WorkbenchError(
      'invalid-input',
      `${where} gives '${value}', expected a recording, a start and a later end in seconds.`
    )
  }
  return { recordingId, offsetSeconds: start, ...(isOpen ? {} : { durationSeconds: end - start }) }
}
