/**
 * The `frontEnd` of lathe-model.json. Lengths are in samples; those left out are the usual ones, windows of 25 ms every
 * 10 ms.
 */
import { WorkbenchError } from '@contract/errors'
import { frontEndModel, type FrontEnd, type InputKind } from '../features/front-end'
import type { JsonFields } from '../json-fields'

const kinds = [
  'raw-waveform',
  'whisper-log-mel',
  'nemo-log-mel',
  'kaldi-fbank'
] as const satisfies readonly InputKind[]

const windowSeconds = 0.025
const hopSeconds = 0.01

/**
 * Reads the front end and builds it once, so that parameters that cannot work are refused here and not when audio comes.
 *
 * @throws WorkbenchError `unsupported-model` naming the key, or the parameters that do not go together.
 */
export function readFrontEndFields(fields: JsonFields, sampleRateHz: number): FrontEnd {
  const frontEnd = readFields(fields, sampleRateHz)
  try {
    frontEndModel(frontEnd)
  } catch (error) {
    if (!(error instanceof WorkbenchError)) throw error
    throw new WorkbenchError(error.code, `${fields.where} does not work: ${error.message}`, { cause: error })
  }
  return frontEnd
}

function readFields(fields: JsonFields, sampleRateHz: number): FrontEnd {
  const kind = fields.choice('kind', kinds)
  const hopLength = () => fields.optionalInteger('hopLength', 1) ?? Math.round(hopSeconds * sampleRateHz)
  const windowLength = (key: string) =>
    fields.optionalInteger(key, 2) ?? Math.round(windowSeconds * sampleRateHz)
  switch (kind) {
    case 'raw-waveform':
      fields.allowOnly(['kind', 'normalize'])
      return { kind, normalize: fields.optionalBoolean('normalize') ?? false }
    case 'whisper-log-mel':
      fields.allowOnly(['kind', 'melBins', 'fftLength', 'hopLength'])
      return {
        kind,
        parameters: {
          melBins: fields.integer('melBins', 1),
          fftLength: windowLength('fftLength'),
          hopLength: hopLength(),
          sampleRateHz
        }
      }
    case 'nemo-log-mel':
      fields.allowOnly(['kind', 'melBins', 'fftLength', 'windowLength', 'hopLength', 'normalize'])
      return {
        kind,
        parameters: {
          melBins: fields.integer('melBins', 1),
          sampleRateHz,
          fftLength: fields.optionalInteger('fftLength', 2) ?? nextPowerOfTwo(windowLength('windowLength')),
          windowLength: windowLength('windowLength'),
          hopLength: hopLength(),
          normalize: fields.optionalChoice('normalize', ['per-feature', 'none']) ?? 'per-feature'
        }
      }
    case 'kaldi-fbank':
      fields.allowOnly([
        'kind',
        'melBins',
        'frameLength',
        'hopLength',
        'lowFrequencyHz',
        'highFrequencyHz',
        'sampleScale',
        'snipEdges'
      ])
      return {
        kind,
        parameters: {
          melBins: fields.integer('melBins', 1),
          sampleRateHz,
          frameLength: windowLength('frameLength'),
          hopLength: hopLength(),
          lowFrequencyHz: fields.optionalNumber('lowFrequencyHz') ?? 20,
          highFrequencyHz: fields.optionalNumber('highFrequencyHz') ?? sampleRateHz / 2,
          sampleScale: fields.optionalNumber('sampleScale') ?? 1,
          // Kaldi's own default.
          snipEdges: fields.optionalBoolean('snipEdges') ?? true
        }
      }
  }
}

function nextPowerOfTwo(length: number): number {
  return 2 ** Math.ceil(Math.log2(length))
}
