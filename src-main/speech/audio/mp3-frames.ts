/**
 * The frames of an MP3 file, counted before the decoder sees them.
 *
 * mpg123 looks for the next frame wherever it loses the thread and says nothing. A frame's length follows from its
 * header, so frames that do not follow each other without gaps show a file that is damaged or cut off. What lies inside
 * a frame carries no checksum: damage there goes unnoticed.
 * Source: ISO/IEC 11172-3 and 13818-3 (frame header); the Xing and LAME tag as mpg123's `check_lame_tag` reads it.
 */
import { WorkbenchError } from '@contract/errors'
import { hasText } from './has-text'

export interface Mp3Frames {
  /** Where the frames lie in the file, without the tags before and after. */
  readonly begin: number
  readonly end: number
  readonly sampleRateHz: number
  readonly channelCount: number
  /** Per channel, after encoder and decoder delay are cut off where the file states them. */
  readonly totalSamples: number
}

interface FrameHeader {
  readonly sampleRateHz: number
  readonly channelCount: number
  readonly samplesPerFrame: number
  readonly sizeBytes: number
  /** Between the header and the frame's data, without a checksum. */
  readonly sideInfoBytes: number
}

/** Whether a file begins like MP3: with an ID3 tag or a frame header of layer III. */
export function beginsLikeMp3(bytes: Uint8Array): boolean {
  return hasText(bytes, 0, 'ID3') || readFrameHeader(bytes, 0) !== undefined
}

/**
 * Walks from frame to frame.
 *
 * Without a Xing or Info frame the file does not say where its sound begins and ends, and the delays of encoder and
 * decoder stay in (about 1,100 samples of near silence at the start).
 *
 * @throws WorkbenchError `invalid-input` when frames are missing or cut off, or change rate or channels.
 */
export function readMp3Frames(bytes: Uint8Array, fileName: string): Mp3Frames {
  const begin = skipLeadingTags(bytes)
  const first = readFrameHeader(bytes, begin)
  if (first === undefined) {
    throw new WorkbenchError(
      'invalid-input',
      `'${fileName}' holds no MP3 frame at byte ${begin}, after its tags.`
    )
  }
  const info = readInfoFrame(bytes, begin, first)
  let end = begin
  let frameCount = 0
  for (let header: FrameHeader | undefined = first; header !== undefined; frameCount++) {
    checkSameFormat(first, header, `'${fileName}' at byte ${end}`)
    end += header.sizeBytes
    if (end > bytes.byteLength) {
      throw new WorkbenchError(
        'invalid-input',
        `'${fileName}' is cut off: its last MP3 frame ends at byte ${end}, but the file has ${bytes.byteLength}.`
      )
    }
    header = readFrameHeader(bytes, end)
  }
  checkTrailer(bytes, end, fileName)
  const soundFrames = frameCount - (info === undefined ? 0 : 1)
  const promisedFrames = info?.frameCount ?? soundFrames
  if (promisedFrames !== soundFrames) {
    throw new WorkbenchError(
      'invalid-input',
      `'${fileName}' is damaged or cut off: its header promises ${promisedFrames} MP3 frames, got ${soundFrames}.`
    )
  }
  const { sampleRateHz, channelCount, samplesPerFrame } = first
  const totalSamples = soundFrames * samplesPerFrame - (info?.trimmedSamples ?? 0)
  return { begin, end, sampleRateHz, channelCount, totalSamples }
}

/** kbit/s by the header's index, layer III; 0 is the free format, which has no computable frame length. */
const bitRates = {
  version1: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  version2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
} as const

/** By the header's version bits: version 2.5, reserved, 2, 1. */
const rateDivisors = [4, 1, 2, 1]

/**
 * 11 bits sync, 2 version (3 is 1, 2 is 2, 0 is 2.5), 2 layer (1 is III), 1 unprotected, 4 bit rate, 2 sample rate,
 * 1 padding, 1 private, 2 channel mode (3 is mono), 6 more. Undefined for anything else.
 */
function readFrameHeader(bytes: Uint8Array, at: number): FrameHeader | undefined {
  if (at + 4 > bytes.byteLength) return undefined
  const [sync, second, third, fourth] = [bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!]
  const version = (second >> 3) & 3
  const isSync = sync === 0xff && second >> 5 === 7
  const isLayer3 = ((second >> 1) & 3) === 1
  const bitRate = (version === 3 ? bitRates.version1 : bitRates.version2)[third >> 4] ?? 0
  const baseRateHz = [44100, 48000, 32000][(third >> 2) & 3]
  if (!isSync || !isLayer3 || version === 1 || bitRate === 0 || baseRateHz === undefined) return undefined
  const sampleRateHz = baseRateHz / rateDivisors[version]!
  const samplesPerFrame = version === 3 ? 1152 : 576
  const isMono = fourth >> 6 === 3
  const sideInfoBytes = version === 3 ? (isMono ? 17 : 32) : isMono ? 9 : 17
  return {
    sampleRateHz,
    channelCount: isMono ? 1 : 2,
    samplesPerFrame,
    sizeBytes: Math.floor((samplesPerFrame / 8) * ((bitRate * 1000) / sampleRateHz)) + ((third >> 1) & 1),
    sideInfoBytes
  }
}

/**
 * Delay of the decoder itself, which mpg123 cuts off together with the encoder's when the file states that one:
 * 528 samples of the synthesis filters and one of the transform.
 */
const decoderDelaySamples = 529

interface InfoFrame {
  /** Frames that follow, when the file says so. */
  readonly frameCount?: number
  readonly trimmedSamples: number
}

/**
 * The Xing or Info frame, which holds no sound: name, 4 bytes flags (1 frames, 2 bytes, 4 seek table, 8 quality), the
 * fields so announced, then LAME's extension: 9 bytes encoder name, 12 bytes, 12 bits delay, 12 bits padding. It stands
 * where it would without a checksum, even in a file with checksums.
 */
function readInfoFrame(bytes: Uint8Array, begin: number, header: FrameHeader): InfoFrame | undefined {
  const frame = bytes.subarray(begin, begin + header.sizeBytes)
  const tag = 4 + header.sideInfoBytes
  if (!hasText(frame, tag, 'Xing') && !hasText(frame, tag, 'Info')) return undefined
  if (frame.length < tag + 12) return { trimmedSamples: 0 }
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const flags = view.getUint32(tag + 4)
  const frameCount = view.getUint32(tag + 8)
  if ((flags & 1) === 0 || frameCount === 0) return { trimmedSamples: 0 }
  const lame = tag + 12 + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0)
  const hasDelays = frame.length >= lame + 24 && frame[lame] !== 0
  const delays = hasDelays ? view.getUint32(lame + 20) & 0xffffff : 0
  // The decoder's delay falls into the encoder's padding at the end.
  const paddingSamples = Math.max(0, (delays & 0xfff) - decoderDelaySamples)
  return { frameCount, trimmedSamples: (delays >> 12) + decoderDelaySamples + paddingSamples }
}

function checkSameFormat(first: FrameHeader, next: FrameHeader, where: string): void {
  if (next.sampleRateHz === first.sampleRateHz && next.channelCount === first.channelCount) return
  throw new WorkbenchError(
    'invalid-input',
    `${where} changes from ${first.sampleRateHz} Hz and ${first.channelCount} channels to ${next.sampleRateHz} Hz and ${next.channelCount}; convert it to WAV or FLAC.`
  )
}

/** Where the first frame should be: after any ID3v2 tags (10 bytes header, size in 4 x 7 bits) and zero bytes. */
function skipLeadingTags(bytes: Uint8Array): number {
  let at = 0
  while (hasText(bytes, at, 'ID3') && at + 10 <= bytes.byteLength) {
    const size = bytes.subarray(at + 6, at + 10).reduce((sum, value) => sum * 128 + (value & 0x7f), 0)
    const footerBytes = bytes[at + 5]! & 0x10 ? 10 : 0
    at += 10 + size + footerBytes
  }
  while (at > 0 && bytes[at] === 0) at++
  return at
}

/** How tags after the last frame begin: ID3v1, APE, Lyrics3, ID3v2. */
const trailingTags = ['TAG', 'APETAGEX', 'LYRICSBEGIN', 'ID3', '3DI']

function checkTrailer(bytes: Uint8Array, end: number, fileName: string): void {
  const rest = bytes.subarray(end)
  if (rest.every((byte) => byte === 0) || trailingTags.some((name) => hasText(rest, 0, name))) return
  throw new WorkbenchError(
    'invalid-input',
    `'${fileName}' is damaged: expected an MP3 frame, a tag or the end at byte ${end} of ${bytes.byteLength}.`
  )
}
