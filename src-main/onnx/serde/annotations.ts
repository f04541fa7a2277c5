/** What most ONNX messages carry besides their content: a doc string and named metadata. */
import type { Outgoing, WireEntry } from './wire-messages'

interface Annotations {
  readonly docString?: string
  readonly metadataProps?: ReadonlyMap<string, string>
}

/** Empty ones are left out, so that equal models are equal objects. */
export function decodeAnnotations(wire: {
  readonly docString: string
  readonly metadataProps?: readonly WireEntry[]
}): Annotations {
  return {
    ...(wire.docString === '' ? {} : { docString: wire.docString }),
    ...(wire.metadataProps === undefined || wire.metadataProps.length === 0
      ? {}
      : { metadataProps: entriesToMap(wire.metadataProps) })
  }
}

export function encodeAnnotations(annotations: Annotations): {
  readonly docString: string | undefined
  readonly metadataProps: readonly Outgoing<WireEntry>[] | undefined
} {
  return {
    docString: annotations.docString,
    metadataProps:
      annotations.metadataProps === undefined ? undefined : mapToEntries(annotations.metadataProps)
  }
}

/** ONNX wants keys to be distinct; of equal ones the last counts, as in its own tools. */
export function entriesToMap(entries: readonly WireEntry[]): Map<string, string> {
  return new Map(entries.map(({ key, value }) => [key, value]))
}

export function mapToEntries(map: ReadonlyMap<string, string>): WireEntry[] {
  return [...map].map(([key, value]) => ({ key, value }))
}
