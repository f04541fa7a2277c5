/** The training that a model comes from, as `training-curve.json` beside it says, which Lathe writes where it trains. */
import { WorkbenchError } from '@contract/errors'
import { trainingNoteSchema, type ModelTraining } from '@contract/library'
import { developmentErrorRate } from '@contract/training'
import type { ModelFolderFiles } from '../workspace/model-folder'

const curveName = 'training-curve.json'

/**
 * Undefined without such a file, and for one that tells of another model: weights may have been changed since, or files of
 * several models have been put together.
 */
export async function readModelTraining(
  folder: Pick<ModelFolderFiles, 'has' | 'readText'>,
  modelHash: string
): Promise<ModelTraining | undefined> {
  const note = trainingNoteSchema.safeParse(await readCurve(folder)).data
  if (note?.modelHash !== modelHash) return undefined
  const step = note.chosenStep
  const heard = note.curve.development.find((record) => record.step === step)
  return { step, developmentErrorRate: heard === undefined ? null : developmentErrorRate(heard) }
}

/** What is in the file; undefined when it is not there or cannot be read, since a model is opened without it too. */
async function readCurve(folder: Pick<ModelFolderFiles, 'has' | 'readText'>): Promise<unknown> {
  if (!folder.has(curveName)) return undefined
  try {
    return JSON.parse(await folder.readText(curveName)) as unknown
  } catch (thrown) {
    if (thrown instanceof WorkbenchError || thrown instanceof SyntaxError) return undefined
    throw thrown
  }
}
