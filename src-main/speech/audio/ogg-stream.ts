/**
 * The pages of an Ogg file, checked before a codec sees them.
 *
 * The codec libraries skip what they cannot read and decode a file that is cut off as far as it goes. Ogg carries
 * enough to tell: a checksum and a number on every page, and marks on the first and the last.
 * Source: RFC 3533, section 6.
 */
import { WorkbenchError } from '@contract/errors'

export interface OggStream {
  /** The first packet, which names the codec. */
  readonly identification: Uint8Array
  /** The position in samples, as the codec counts them, at the end of the stream. */
  readonly endPosition: number
}

interface OggPage {
  readonly isFirst: boolean
  readonly isLast: boolean
  readonly serialNumber: number
  readonly sequenceNumber: number
  /** In samples; negative when no packet ends on the page. */
  readonly position: bigint
  readonly firstPacket: Uint8Array
  readonly end: number
}

/**
 * Reads a file that holds one whole logical stream, as encoders write speech and music.
 *
 * @throws WorkbenchError `invalid-input` when a page is missing, damaged or cut off, or when there are several streams,
 *   side by side or one after another.
 */
export function readOggStream(bytes: Uint8Array, fileName: string): OggStream {
  const first = readPage(bytes, 0, fileName)
  if (!first.isFirst || first.sequenceNumber !== 0) {
    throw new WorkbenchError(
      'invalid-input',
      `'${fileName}' lacks its beginning: its first Ogg page is not page 0.`
    )
  }
  let page = first
  while (!page.isLast) {
    const next = readPage(bytes, page.end, fileName)
    if (next.serialNumber !== first.serialNumber) throw severalStreams(fileName)
    if (next.sequenceNumber !== page.sequenceNumber + 1) {
      throw new WorkbenchError(
        'invalid-input',
        `'${fileName}' is damaged: Ogg page ${next.sequenceNumber} follows page ${page.sequenceNumber}.`
      )
    }
    page = next
  }
  if (page.end < bytes.byteLength) throw severalStreams(fileName)
  return { identification: first.firstPacket, endPosition: Number(page.position) }
}

function severalStreams(fileName: string): WorkbenchError {
  return new WorkbenchError(
    'invalid-input',
    `'${fileName}' holds more than one Ogg stream, expected a single one; extract the one to use.`
  )
}

/**
 * A page: 4 bytes `OggS`, version, flags (2 first, 4 last), 8 bytes position, 4 bytes each of serial number, sequence
 * number and checksum, the number of lacing values, the lacing values, the body. A lacing value below 255 ends a packet.
 */
function readPage(bytes: Uint8Array, begin: number, fileName: string): OggPage {
  const headerBytes = 27
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const headerEnd = begin + headerBytes
  const lacing = bytes.subarray(headerEnd, headerEnd + (bytes[headerEnd - 1] ?? 0))
  const bodyBegin = headerEnd + lacing.length
  const end = bodyBegin + lacing.reduce((sum, value) => sum + value, 0)
  if (headerEnd > bytes.byteLength || lacing.length < bytes[headerEnd - 1]! || end > bytes.byteLength) {
    throw new WorkbenchError(
      'invalid-input',
      `'${fileName}' is cut off: its last Ogg page, expected at byte ${begin}, does not end within ${bytes.byteLength} bytes.`
    )
  }
  const isPage = view.getUint32(begin) === capturePattern && bytes[begin + 4] === 0
  if (!isPage || pageChecksum(bytes.subarray(begin, end)) !== view.getUint32(begin + checksumOffset, true)) {
    throw new WorkbenchError(
      'invalid-input',
      `'${fileName}' is damaged: its Ogg page at byte ${begin} does not add up.`
    )
  }
  const lastOfFirst = lacing.findIndex((value) => value < 255)
  const firstPacketBytes = lacing.subarray(0, lastOfFirst + 1).reduce((sum, value) => sum + value, 0)
  return {
    isFirst: (bytes[begin + 5]! & 2) !== 0,
    isLast: (bytes[begin + 5]! & 4) !== 0,
    position: view.getBigInt64(begin + 6, true),
    serialNumber: view.getUint32(begin + 14, true),
    sequenceNumber: view.getUint32(begin + 18, true),
    firstPacket: bytes.subarray(bodyBegin, bodyBegin + firstPacketBytes),
    end
  }
}

/** `OggS`. */
const capturePattern = 0x4f676753
const checksumOffset = 22

/** Remainders of each byte value times x^32, for the polynomial 0x04c11db7, most significant bit first. */
const remainders = Uint32Array.from({ length: 256 }, (_, value) => {
  let remainder = value << 24
  for (let bit = 0; bit < 8; bit++) remainder = (remainder << 1) ^ (remainder < 0 ? 0x04c11db7 : 0)
  return remainder >>> 0
})

/** CRC-32 of a page in which the checksum itself counts as zero; starts at zero, not inverted. */
function pageChecksum(page: Uint8Array): number {
  let remainder = 0
  for (let i = 0; i < page.length; i++) {
    const isChecksum = i >= checksumOffset && i < checksumOffset + 4
    const index = (remainder >>> 24) ^ (isChecksum ? 0 : page[i]!)
    remainder = (remainder << 8) ^ remainders[index]!
  }
  return remainder >>> 0
}
