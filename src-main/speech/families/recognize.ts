/** Finds out what kind of speech model a folder holds. A new family is one more row of the table. */
import { WorkbenchError } from '@contract/errors'
import type { JsonFields } from '../json-fields'
import { describeCtcEncoder } from './ctc-encoder-description'
import type { SpeechModelDescription } from './family'
import { readModelJson, type ModelFolder } from './model-folder'
import type { ModelInterface } from './model-interface'

interface FamilyRow {
  /** What a name in `architectures` of config.json ends with. */
  readonly architectureSuffix: string
  describe(folder: ModelFolder, config: JsonFields, graph: ModelInterface): Promise<SpeechModelDescription>
}

const families: readonly FamilyRow[] = [{ architectureSuffix: 'ForCTC', describe: describeCtcEncoder }]

/**
 * Recognizes the family of a model in the Hugging Face layout and checks that its files agree with its graph.
 *
 * - `graph` what the ONNX graph itself says about its inputs and outputs.
 *
 * @throws WorkbenchError `unsupported-model` whose sentence names the missing file, or the key with what was
 *   expected and found.
 */
export async function recognizeFamily(
  folder: ModelFolder,
  graph: ModelInterface
): Promise<SpeechModelDescription> {
  const config = await readModelJson(folder, 'config.json')
  const architectures = config.optionalStrings('architectures') ?? []
  const row = families.find(({ architectureSuffix }) =>
    architectures.some((architecture) => architecture.endsWith(architectureSuffix))
  )
  if (row === undefined) {
    throw new WorkbenchError(
      'unsupported-model',
      `${config.where} has architectures [${architectures.join(', ')}], expected one that ends in ${families.map((family) => family.architectureSuffix).join(' or ')}.`
    )
  }
  return row.describe(folder, config, graph)
}
