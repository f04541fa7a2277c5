/** A checkpoint as a header and named arrays, which the workspace writes. */
import { WorkbenchError } from '@contract/errors'
import type { DevelopmentRecord, TrainingCurve } from '@contract/training'
import type { Json } from '../base/canonical-json'
import type { StepValues } from './step-runner'
import type { TrainingProgress } from './training-progress'

export interface Checkpoint {
  readonly header: Json
  readonly arrays: Readonly<Record<string, Float32Array>>
}

/** Raised when a checkpoint of an older Lathe would be continued differently. */
export const checkpointVersion = 3

const [valuePrefix, bestPrefix] = ['now:', 'best:']

/** Numbers of the header survive JSON exactly, those of the arrays are bytes: what comes back is what went in. */
export function encodeCheckpoint({ step, values, curve, best, ended }: TrainingProgress): Checkpoint {
  return {
    header: {
      checkpointVersion,
      step,
      ended: ended ?? null,
      best: best === undefined ? null : { ...best.record },
      curve: {
        steps: curve.steps.map((each) => ({ ...each })),
        development: curve.development.map((each) => ({ ...each }))
      }
    },
    arrays: Object.fromEntries([
      ...prefixed(valuePrefix, values),
      ...(best === undefined ? [] : prefixed(bestPrefix, best.values))
    ])
  }
}

/** @throws WorkbenchError `io` when the header is not that of a checkpoint of this version. */
export function decodeCheckpoint(
  header: Json,
  arrays: Readonly<Record<string, Float32Array | Float64Array>>
): TrainingProgress {
  const stored = header as unknown as StoredHeader | null
  if (stored?.checkpointVersion !== checkpointVersion) {
    throw new WorkbenchError(
      'io',
      `The checkpoint has version ${String(stored?.checkpointVersion)}, expected ${checkpointVersion}; remove it and train again.`
    )
  }
  return {
    step: stored.step,
    ended: stored.ended ?? undefined,
    curve: stored.curve,
    values: unprefixed(valuePrefix, arrays),
    best: stored.best === null ? undefined : { record: stored.best, values: unprefixed(bestPrefix, arrays) }
  }
}

/** What `encodeCheckpoint` wrote; the file's checksum vouches for it. */
interface StoredHeader {
  readonly checkpointVersion: number
  readonly step: number
  readonly ended: 'completed' | 'early-stopping' | null
  readonly best: DevelopmentRecord | null
  readonly curve: TrainingCurve
}

function prefixed(prefix: string, values: StepValues): [string, Float32Array][] {
  return [...values].map(([name, array]) => [`${prefix}${name}`, array])
}

function unprefixed(
  prefix: string,
  arrays: Readonly<Record<string, Float32Array | Float64Array>>
): StepValues {
  return new Map(
    Object.entries(arrays).flatMap(([name, array]) =>
      // Memory of their own: views into a file may lie where the runtime adds in another order.
      name.startsWith(prefix) ? [[name.slice(prefix.length), Float32Array.from(array)]] : []
    )
  )
}
