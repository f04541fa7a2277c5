import { WorkbenchError } from '@contract/errors'
import { assertNever } from '../../base/assert-never'
import { audiofolderLayout } from './audiofolder'
import { classFoldersLayout } from './class-folders'
import { commonVoiceLayout } from './common-voice'
import { listManifests, type DatasetSource } from './data-folder'
import {
  datasetLayoutNames,
  type DatasetLayout,
  type DatasetLayoutName,
  type DatasetOptions
} from './dataset-layout'
import type { DatasetListing } from './dataset-listing'
import { kaldiLayout } from './kaldi'
import { librispeechLayout } from './librispeech'
import { nemoLayout } from './nemo-manifest'
import { openAsrLayout } from './open-asr-results'
import { tableLayout } from './table'

export interface RecognizedDataset extends DatasetListing {
  readonly layout: DatasetLayoutName
}

/**
 * Reads a data set in whatever layout it has.
 *
 * - `options.layout` reads it as that layout without a look at the others, and says what is wrong with it if anything is.
 *
 * @throws WorkbenchError `invalid-input` when no layout fits, with the reason of each that could, or when the one that
 *   fits finds a fault.
 */
export async function recognizeDataset(
  source: DatasetSource,
  options: DatasetOptions & { readonly layout?: DatasetLayoutName } = {}
): Promise<RecognizedDataset> {
  const layout = options.layout ?? (await findLayout(source, options))
  const { utterances, excluded } = await layoutNamed(layout).parse(source, options)
  return { layout, utterances, excluded }
}

async function findLayout(source: DatasetSource, options: DatasetOptions): Promise<DatasetLayoutName> {
  const reasons: string[] = []
  for (const name of datasetLayoutNames) {
    const reason = await layoutNamed(name).mismatch(source, options)
    if (reason === undefined) return name
    // That a folder is no file says nothing about what is wrong with the folder.
    if (reason !== 'it is a folder' && reason !== 'it is a file') reasons.push(`${name}: ${reason}`)
  }
  const { folder, file } = source
  throw new WorkbenchError(
    'invalid-input',
    `'${file ?? folder.name}' is not a data set that Lathe knows (${reasons.join('; ')})${await nextStep(source)}.`
  )
}

/** A folder of manifests is pointed at more often than a wrong one. */
async function nextStep({ folder, file }: DatasetSource): Promise<string> {
  const next = '; name its layout to see what is wrong with it'
  if (file !== undefined) return next
  const manifests = await listManifests(folder)
  return manifests.length === 0 ? next : `; open one of its files ${manifests.slice(0, 8).join(', ')}`
}

function layoutNamed(name: DatasetLayoutName): DatasetLayout {
  switch (name) {
    case 'nemo':
      return nemoLayout
    case 'open-asr':
      return openAsrLayout
    case 'kaldi':
      return kaldiLayout
    case 'librispeech':
      return librispeechLayout
    case 'audiofolder':
      return audiofolderLayout
    case 'common-voice':
      return commonVoiceLayout
    case 'table':
      return tableLayout
    case 'class-folders':
      return classFoldersLayout
    default:
      return assertNever(name)
  }
}
