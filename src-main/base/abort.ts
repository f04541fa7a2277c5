import { WorkbenchError } from '@contract/errors'

/** The part of `AbortSignal` that long work reads between its steps; pure rooms have no DOM types. */
export interface CancelSignal {
  readonly aborted: boolean
}

/** @throws WorkbenchError `cancelled` when the user has asked to stop. Call between steps shorter than 50 ms. */
export function throwIfCancelled(signal: CancelSignal): void {
  if (signal.aborted) throw new WorkbenchError('cancelled', 'The job was cancelled.')
}
