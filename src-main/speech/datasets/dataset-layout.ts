import type { DatasetSource } from './data-folder'
import type { DatasetListing } from './dataset-listing'
import type { TableColumns } from './table-utterances'

/** Every layout that Lathe reads, in the order in which they are tried: the more telling come first. */
export const datasetLayoutNames = [
  'nemo',
  'open-asr',
  'kaldi',
  'librispeech',
  'audiofolder',
  'common-voice',
  'table',
  'class-folders'
] as const

export type DatasetLayoutName = (typeof datasetLayoutNames)[number]

export interface DatasetOptions {
  /** For the layout `table`; without it the columns are found by their usual names. */
  readonly columns?: TableColumns
}

/** One way of laying out recordings and transcripts in files. */
export interface DatasetLayout {
  readonly name: DatasetLayoutName
  /** Why `source` is not laid out so, as half a sentence beginning with "it"; undefined when it looks as if it were. */
  mismatch(source: DatasetSource, options: DatasetOptions): Promise<string | undefined>
  /** @throws WorkbenchError `invalid-input` naming the file and line at fault, or when no utterance is left. */
  parse(source: DatasetSource, options: DatasetOptions): Promise<DatasetListing>
}
