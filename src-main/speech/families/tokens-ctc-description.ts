/** What all CTC models with a tokens file share, whoever exported them: the graph's ports, the vocabulary, the limits. */
import { WorkbenchError } from '@contract/errors'
import { frontEndMinimumSamples, type FrontEnd } from '../features/front-end'
import type { CtcVocabulary } from '../text/ctc-vocabulary'
import { parseTokensFile, tokensFileNames } from '../text/tokens-file'
import type { CtcEncoderDescription } from './family'
import { findFixedSamples, findInputs, findOutput } from './graph-ports'
import type { ModelFolder } from './model-folder'
import type { ModelInterface } from './model-interface'
import { findSidecars } from './sidecars'

export interface TokensCtcFacts {
  readonly frontEnd: FrontEnd
  readonly sampleRateHz: number
  /** Samples from one frame of logits to the next, when it is known. */
  readonly samplesPerFrame: number | undefined
  /** The shortest audio of which the network makes a frame; what the front end needs when it is not known. */
  readonly minimumSamples?: number
}

/** @throws WorkbenchError `unsupported-model` when graph, tokens and front end do not fit together. */
export async function describeTokensCtc(
  folder: ModelFolder,
  graph: ModelInterface,
  { frontEnd, sampleRateHz, samplesPerFrame, minimumSamples }: TokensCtcFacts
): Promise<CtcEncoderDescription> {
  const { input, companionInputs } = findInputs(folder, graph, frontEnd)
  const vocabulary = await readTokens(folder, graph)
  const output = findOutput(folder, graph, {
    pattern: ['batch', 'frames', vocabulary.tokens.length],
    source: 'the tokens file'
  })
  const fixedSamples = findFixedSamples(folder, input, frontEnd, 1)
  return {
    family: 'ctc-encoder',
    name: folder.name,
    modelFile: folder.modelFile,
    frontEnd,
    inputName: input.name,
    companionInputs,
    outputName: output.name,
    sampleRateHz,
    padToMultipleOfSamples: 1,
    minimumSamples: minimumSamples ?? frontEndMinimumSamples(frontEnd),
    maximumSamples: fixedSamples,
    longerAudio: 'refuse',
    framesPerSecond: samplesPerFrame === undefined ? undefined : sampleRateHz / samplesPerFrame,
    vocabulary,
    sidecars: findSidecars(folder)
  }
}

/** The tokens file that the folder has, if any. */
export function findTokensFile(folder: ModelFolder): string | undefined {
  return tokensFileNames.find((fileName) => folder.has(fileName))
}

async function readTokens(folder: ModelFolder, graph: ModelInterface): Promise<CtcVocabulary> {
  const fileName = findTokensFile(folder)
  if (fileName === undefined) {
    throw new WorkbenchError(
      'unsupported-model',
      `'${folder.name}' has no ${tokensFileNames[0]}, expected it beside ${folder.modelFile}; copy it from the model's origin.`
    )
  }
  const width = findOutput(folder, graph, {
    pattern: ['batch', 'frames', 'classes'],
    source: 'its family'
  }).dims?.[2]
  return parseTokensFile({
    text: await folder.readText(fileName),
    where: `${fileName} of '${folder.name}'`,
    classes: typeof width === 'number' ? width : undefined
  })
}
