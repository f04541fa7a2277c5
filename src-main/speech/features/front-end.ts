/** How sound becomes a model's input: one member per front end, each an ONNX graph from `waveform` to `features`. */
import { WorkbenchError } from '@contract/errors'
import type { Dimension, Model } from '../../onnx/ir/model'
import { kaldiFbankModel, type KaldiFbankParameters } from './kaldi-fbank'
import { nemoLogMelModel, type NemoLogMelParameters } from './nemo-log-mel'
import { rawWaveformModel } from './raw-waveform'
import { whisperLogMelModel, type LogMelParameters } from './whisper-log-mel'

export type FrontEnd =
  | { readonly kind: 'whisper-log-mel'; readonly parameters: LogMelParameters }
  | { readonly kind: 'nemo-log-mel'; readonly parameters: NemoLogMelParameters }
  | { readonly kind: 'kaldi-fbank'; readonly parameters: KaldiFbankParameters }
  | { readonly kind: 'raw-waveform'; readonly normalize: boolean }

export type InputKind = FrontEnd['kind']

/** A frame of 85 ms at 48 kHz; its transform is a matrix of its length squared. */
const longestFrame = 4096

/** Several times what any speech model uses. */
const mostMelBins = 1024

/**
 * Refuses sizes that a hostile configuration may claim, before memory is taken for them.
 *
 * @throws WorkbenchError `unsupported-model`.
 */
export function assertFrontEndSize(frontEnd: FrontEnd): void {
  if (frontEnd.kind === 'raw-waveform') return
  const { parameters } = frontEnd
  const frame = 'fftLength' in parameters ? parameters.fftLength : parameters.frameLength
  if (frame <= longestFrame && parameters.melBins <= mostMelBins) return
  throw new WorkbenchError(
    'unsupported-model',
    `The features have frames of ${frame} samples and ${parameters.melBins} mel bins, expected at most ${longestFrame} and ${mostMelBins}.`
  )
}

/** @throws WorkbenchError `unsupported-model` when a parameter is out of range. */
export function frontEndModel(frontEnd: FrontEnd): Model {
  assertFrontEndSize(frontEnd)
  switch (frontEnd.kind) {
    case 'whisper-log-mel':
      return whisperLogMelModel(frontEnd.parameters)
    case 'nemo-log-mel':
      return nemoLogMelModel(frontEnd.parameters)
    case 'kaldi-fbank':
      return kaldiFbankModel(frontEnd.parameters)
    case 'raw-waveform':
      return rawWaveformModel(frontEnd)
  }
}

/** The features as messages and checks show them: named dimensions are open. */
export function featurePattern(frontEnd: FrontEnd): readonly Dimension[] {
  switch (frontEnd.kind) {
    case 'whisper-log-mel':
    case 'nemo-log-mel':
      return ['batch', frontEnd.parameters.melBins, 'frames']
    case 'kaldi-fbank':
      return ['batch', 'frames', frontEnd.parameters.melBins]
    case 'raw-waveform':
      return ['batch', 'samples']
  }
}

/** The axis of the features along which time runs. */
export function timeAxis(frontEnd: FrontEnd): number {
  return frontEnd.kind === 'whisper-log-mel' || frontEnd.kind === 'nemo-log-mel' ? 2 : 1
}

/** Frames, or samples for the waveform itself, that the front end makes of `samples` samples. */
export function featureFrames(frontEnd: FrontEnd, samples: number): number {
  switch (frontEnd.kind) {
    case 'whisper-log-mel':
    case 'nemo-log-mel':
      return Math.floor(samples / frontEnd.parameters.hopLength)
    case 'kaldi-fbank': {
      const { frameLength, hopLength, snipEdges } = frontEnd.parameters
      return snipEdges
        ? 1 + Math.floor((samples - frameLength) / hopLength)
        : Math.floor((samples + Math.floor(hopLength / 2)) / hopLength)
    }
    case 'raw-waveform':
      return samples
  }
}

/** The dimensions of the features of `samples` samples. */
export function featureDims(frontEnd: FrontEnd, samples: number): number[] {
  const frames = featureFrames(frontEnd, samples)
  return featurePattern(frontEnd).map((dim) => (typeof dim === 'number' ? dim : dim === 'batch' ? 1 : frames))
}

/** The shortest waveform of which the front end can make a frame. */
export function frontEndMinimumSamples(frontEnd: FrontEnd): number {
  switch (frontEnd.kind) {
    case 'whisper-log-mel': {
      // The mirror at the ends needs more than half a frame, and one hop gives the first frame.
      const { fftLength, hopLength } = frontEnd.parameters
      return Math.max(fftLength / 2 + 1, hopLength)
    }
    case 'nemo-log-mel':
      return frontEnd.parameters.hopLength
    case 'kaldi-fbank':
      // Without `snipEdges` half a frame would do, but no model makes anything of it.
      return frontEnd.parameters.frameLength
    case 'raw-waveform':
      return 1
  }
}
