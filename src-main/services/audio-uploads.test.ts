import { describe, expect, it } from 'vitest'
import { createAudioUploads } from './audio-uploads'

const base64 = (...bytes: number[]) => Buffer.from(bytes).toString('base64')

describe('an upload in parts', () => {
  it('is whole when all parts are there', () => {
    const uploads = createAudioUploads()
    const { uploadId } = uploads.begin('a.wav', 5)
    expect(uploads.append(uploadId, 0, base64(1, 2, 3)).receivedBytes).toBe(3)
    uploads.append(uploadId, 3, base64(4, 5))
    expect(uploads.take(uploadId)).toEqual({ name: 'a.wav', bytes: Uint8Array.of(1, 2, 3, 4, 5) })
  })

  it('is not taken before', () => {
    const uploads = createAudioUploads()
    const { uploadId } = uploads.begin('a.wav', 5)
    uploads.append(uploadId, 0, base64(1, 2, 3))
    expect(() => uploads.take(uploadId)).toThrow(/got 3 of 5 bytes/)
  })

  it.each([
    ['twice the same part', 0, [1]],
    ['a gap', 4, [1]],
    ['more than was announced', 3, [4, 5, 6]]
  ])('refuses %s', (_, offset, bytes) => {
    const uploads = createAudioUploads()
    const { uploadId } = uploads.begin('a.wav', 5)
    uploads.append(uploadId, 0, base64(1, 2, 3))
    expect(() => uploads.append(uploadId, offset, base64(...bytes))).toThrow(/expected it at 3 of 5/)
  })
})

describe('uploads', () => {
  it('are gone once they are discarded', () => {
    const uploads = createAudioUploads()
    const { uploadId } = uploads.begin('a.wav', 1)
    uploads.discard(uploadId)
    uploads.discard(uploadId)
    expect(() => uploads.append(uploadId, 0, base64(1))).toThrow(/not kept any more/)
  })

  it('give way to newer ones, the oldest first', () => {
    const uploads = createAudioUploads()
    const ids = Array.from({ length: 5 }, () => uploads.begin('a.wav', 1).uploadId)
    expect(() => uploads.append(ids[0]!, 0, base64(1))).toThrow(/not kept any more/)
    for (const id of ids.slice(1)) expect(uploads.append(id, 0, base64(1)).receivedBytes).toBe(1)
  })
})
