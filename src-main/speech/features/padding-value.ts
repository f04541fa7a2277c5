import type { FrontEnd } from './front-end'

/** Features of silence below which Whisper's clamp does not let a quiet utterance fall: (log10 1e-10 + 4) / 4. */
const whisperSilence = -1.5
/** Whisper's features cover 8 decades, and a decade is a quarter. */
const whisperRange = 2
/** Kaldi's features of silence: log 1e-10, what icefall and sherpa pad batches with. */
const kaldiSilence = Math.log(1e-10)

/**
 * What stands behind the end of a recording in a padded batch, per front end: the features of zeros for Whisper and
 * Kaldi, zero where the features are centred (NeMo's `pad_value`, Hugging Face's `padding_value`).
 *
 * - `features` of the recording alone, at least one value; Whisper's silence depends on the loudest of them.
 */
export function paddingValue({ kind }: FrontEnd, features: Float32Array): number {
  switch (kind) {
    case 'whisper-log-mel': {
      const loudest = features.reduce((most, value) => Math.max(most, value), -Infinity)
      return Math.max(whisperSilence, loudest - whisperRange)
    }
    case 'kaldi-fbank':
      return kaldiSilence
    case 'nemo-log-mel':
    case 'raw-waveform':
      return 0
  }
}
