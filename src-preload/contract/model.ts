/** What inspecting a model tells: plain data for the inspector's table and `lathe inspect --json`. */
import type { LayerRole } from './recipe'

export interface LayerDescription {
  readonly layerId: string
  readonly operator: string
  readonly role: LayerRole
  readonly blockIndex: number | null
  readonly inFeatures: number
  readonly outFeatures: number
  readonly parameterCount: number
  readonly hasBias: boolean
  /** How many layers use the same stored weight. */
  readonly weightUses: number
  /** Largest rank at which two factors are smaller than the matrix: floor((m·n - 1) / (m + n)). */
  readonly breakEvenRank: number
  /** Multiply-accumulates per second of audio; null where shapes could not be inferred. */
  readonly macsPerAudioSecond: number | null
}

export interface ModelDescription {
  readonly path: string
  readonly modelHash: string
  readonly sizeBytes: number
  readonly parameterCount: number
  readonly macsPerAudioSecond: number | null
  readonly macsReferenceSeconds: number
  readonly irVersion: number
  readonly opset: number
  readonly producer: string
  readonly nodeCount: number
  /** Undefined when no family recognises the model; `familyRefusal` then says why. */
  readonly family: string | undefined
  readonly familyRefusal: string | undefined
  readonly inputKind: string | undefined
  readonly sampleRateHz: number | undefined
  readonly layers: readonly LayerDescription[]
}
