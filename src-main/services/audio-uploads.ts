/**
 * Recordings that a page sends in parts, because a message is limited. They are kept in memory until the page has done
 * with them, or others need the room: nothing of what a user says into a microphone stays on the disk.
 */
import { WorkbenchError } from '@contract/errors'
import type { AudioUpload } from '@contract/transcription'
import { randomKey } from '../workspace/random-key'

/** A recording that has arrived as a whole. */
export interface UploadedAudio {
  /** As the page calls it, for messages. */
  readonly name: string
  readonly bytes: Uint8Array
}

export interface AudioUploads {
  /** Of several pages the oldest upload gives way. */
  begin(name: string, sizeBytes: number): AudioUpload
  /**
   * Adds the next part.
   *
   * @throws WorkbenchError `invalid-input` when the part does not continue what is there, or is too long.
   */
  append(uploadId: string, offset: number, base64: string): AudioUpload
  /** @throws WorkbenchError `not-found` when it gave way or was discarded, `conflict` when parts are missing. */
  take(uploadId: string): UploadedAudio
  /** Forgets an upload; one that is not there is forgotten already. */
  discard(uploadId: string): void
}

/** Several windows of one user; with the largest size per upload this bounds the memory. */
const mostUploads = 4

interface Upload {
  readonly name: string
  readonly bytes: Uint8Array
  receivedBytes: number
}

export function createAudioUploads(): AudioUploads {
  const uploads = new Map<string, Upload>()

  function find(uploadId: string): Upload {
    const upload = uploads.get(uploadId)
    if (upload !== undefined) return upload
    throw new WorkbenchError('not-found', 'The recording is not kept any more: open or record it again.')
  }

  return {
    begin(name, sizeBytes) {
      const uploadId = randomKey()
      uploads.set(uploadId, { name, bytes: new Uint8Array(sizeBytes), receivedBytes: 0 })
      for (const [oldest] of uploads) if (uploads.size > mostUploads) uploads.delete(oldest)
      return { uploadId, sizeBytes, receivedBytes: 0 }
    },
    append(uploadId, offset, base64) {
      const upload = find(uploadId)
      const part = Buffer.from(base64, 'base64')
      const sizeBytes = upload.bytes.byteLength
      if (offset !== upload.receivedBytes || offset + part.byteLength > sizeBytes) {
        throw new WorkbenchError(
          'invalid-input',
          `A part of '${upload.name}' begins at byte ${offset} and has ${part.byteLength} bytes, expected it at ${upload.receivedBytes} of ${sizeBytes}: send the recording again.`
        )
      }
      upload.bytes.set(part, offset)
      upload.receivedBytes += part.byteLength
      return { uploadId, sizeBytes, receivedBytes: upload.receivedBytes }
    },
    take(uploadId) {
      const { name, bytes, receivedBytes } = find(uploadId)
      if (receivedBytes === bytes.byteLength) return { name, bytes }
      throw new WorkbenchError(
        'conflict',
        `'${name}' has not arrived yet: got ${receivedBytes} of ${bytes.byteLength} bytes.`
      )
    },
    discard(uploadId) {
      uploads.delete(uploadId)
    }
  }
}
