import { WorkbenchError } from '@contract/errors'

/** What the decoders of the `wasm-audio-decoders` family have in common. */
export interface WasmDecoder {
  readonly ready: Promise<void>
  free(): void
}

/** What such a decoder returns; it reports damage in `errors` and goes on. */
export interface WasmDecoded {
  readonly channelData: readonly Float32Array[]
  readonly samplesDecoded: number
  readonly sampleRate: number
  readonly errors: readonly { readonly message: string; readonly frameNumber: number }[]
}

/**
 * Runs `decode` on a fresh decoder and frees the decoder whatever happens.
 *
 * - `what` the file's name and its format, for messages.
 *
 * @throws WorkbenchError `invalid-input` when the decoder throws or reports a frame that does not decode.
 */
export async function runDecoder<Decoder extends WasmDecoder, Decoded extends WasmDecoded>(
  decoder: Decoder,
  decode: (decoder: Decoder) => Decoded | Promise<Decoded>,
  what: { readonly fileName: string; readonly format: string }
): Promise<Decoded> {
  await decoder.ready
  let decoded: Decoded
  try {
    decoded = await decode(decoder)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new WorkbenchError(
      'invalid-input',
      `'${what.fileName}' does not decode as ${what.format}: ${reason}.`,
      { cause: error }
    )
  } finally {
    decoder.free()
  }
  const [problem] = decoded.errors
  if (problem !== undefined) {
    throw new WorkbenchError(
      'invalid-input',
      `'${what.fileName}' is damaged: ${what.format} frame ${problem.frameNumber} does not decode (${problem.message}).`
    )
  }
  return decoded
}
